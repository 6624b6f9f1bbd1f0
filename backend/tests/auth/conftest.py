"""A person with an authenticator app, and one who has to add a factor."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.factors import EMAIL, enrol, first_step

Configure = Callable[..., Settings]


@pytest.fixture
def secret(client: httpx.Client, me: dict[str, Any]) -> str:
    """That of her app; the code of this moment is used."""
    return enrol(client, me)


@pytest.fixture
def ada(client: httpx.Client, configure: Configure) -> dict[str, Any]:
    """A new account where a second factor is required. It has no session."""
    configure(require_second_factor=True)
    body = {"email": EMAIL, "password": PASSWORD}
    created: dict[str, Any] = client.post("/auth/signup", json=body).json()
    return created


@pytest.fixture
def attempt(client: httpx.Client, ada: dict[str, Any]) -> str:
    assert ada
    return first_step(client)
