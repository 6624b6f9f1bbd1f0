"""Setup, as a new developer does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import memory


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that the server's own user can enter; it cannot enter pytest's."""
    with memory.folder() as made:
        yield made
