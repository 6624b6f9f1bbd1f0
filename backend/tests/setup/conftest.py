"""Set-up, as a newcomer meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import memory


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that the server's own user can pass into, as pytest's are not."""
    with memory.folder() as made:
        yield made
