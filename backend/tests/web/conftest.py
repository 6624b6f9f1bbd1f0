import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def no_lines_of_the_log() -> Iterator[None]:
    """For tests of thousands of requests, which they would slow down by as much again."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)
