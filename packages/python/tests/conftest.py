"""The network and the clock of the tests."""

from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

from postern_auth import Postern, keys, network, profiles
from world import ISSUER, Clock, World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with network.answered_by(httpx.MockTransport(made)):
        yield made


@pytest.fixture
def postern(world: World) -> Postern:
    assert network.in_use(), world
    return Postern(ISSUER)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    for module in (keys, profiles):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=moved.monotonic))
    return moved
