"""A Postern for the services that verify its tokens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg2
import pytest

from tests.support.wiping import wipe

if TYPE_CHECKING:
    from tests.support.resource_servers import Postern


@pytest.fixture(scope="module")
def postern(_migrated: None) -> Iterator["Postern"]:
    from src.settings import get_loaded
    from tests.support.resource_servers import Postern

    running = Postern()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("API_URL", running.url)
        get_loaded.cache_clear()
        running.start()
        yield running
        running.stop()
    get_loaded.cache_clear()


@pytest.fixture(autouse=True)
def _wiped(direct: psycopg2.extensions.connection) -> Iterator[None]:
    yield
    wipe(direct, '"user", session')
