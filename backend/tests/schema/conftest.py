"""A server that several tests share."""

from collections.abc import Iterator

import pytest

from tests.support.own_postgres import OwnPostgres, ready_made


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    """A server that these tests do not change."""
    running = ready_made()
    yield running
    running.close()
