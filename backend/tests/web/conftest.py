import logging
from collections.abc import Iterator

import httpx
import pytest

from src.web.server import Options, Parser
from tests.support.server import Running, running

PARSERS: tuple[Parser, ...] = ("httptools", "h11")
"""Both that `postern serve` has."""


@pytest.fixture
def no_lines_of_the_log() -> Iterator[None]:
    """For tests of thousands of requests: writing log lines would double their time."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", params=PARSERS)
def server(request: pytest.FixtureRequest, live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    from src.main import create_app

    with running(create_app(), options=Options(parser=request.param)) as server:
        yield server
