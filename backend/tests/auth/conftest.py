"""A person with an authenticator app."""

from typing import Any

import httpx
import pytest

from tests.support.factors import enrol


@pytest.fixture
def secret(client: httpx.Client, me: dict[str, Any]) -> str:
    """That of her app; the code of this moment is used."""
    return enrol(client, me)
