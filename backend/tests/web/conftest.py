import logging
from collections.abc import Iterator

import httpx
import pytest

from tests.support.server import Running, running

PARSERS = ("httptools", "h11")
"""Both of uvicorn's."""


@pytest.fixture
def no_lines_of_the_log() -> Iterator[None]:
    """For tests of thousands of requests, which they would slow down by as much again."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", params=PARSERS)
def server(request: pytest.FixtureRequest, live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    from src.main import create_app

    with running(create_app(), http=request.param) as server:
        yield server
