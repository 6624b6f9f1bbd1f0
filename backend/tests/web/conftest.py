import logging
from collections.abc import Iterator

import httpx
import pytest

from tests.support.server import Running, running


@pytest.fixture
def no_lines_of_the_log() -> Iterator[None]:
    """For tests of thousands of requests: writing log lines would double their time."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def server(live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    from src.main import create_app

    with running(create_app()) as server:
        yield server
