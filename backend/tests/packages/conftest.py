"""A service of somebody else that trusts the running Postern."""

from collections.abc import Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI

from postern_auth import Claims, Postern
from postern_auth.fastapi import CurrentUser, LiveUser, RecentlySignedIn
from src.settings import get_settings
from tests.support.server import serving


@pytest.fixture
def postern(client: httpx.Client) -> Postern:
    return Postern(get_settings().api_url, internal_url=str(client.base_url))


@pytest.fixture
def app(postern: Postern) -> Iterator[httpx.Client]:
    other = FastAPI()
    postern.install(other)

    @other.get("/current")
    def current(user: CurrentUser) -> int:
        return user.id

    @other.get("/live")
    def live(user: LiveUser) -> int:
        return user.id

    @other.get("/recent")
    def recent(user: Annotated[Claims, RecentlySignedIn(minutes=10)]) -> int:
        return user.id

    with serving(other) as served:
        yield served
