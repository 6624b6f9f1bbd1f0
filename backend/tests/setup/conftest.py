"""Set-up is the same whatever the app connects to, so these tests run once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import memory


@pytest.fixture(autouse=True)
def _once(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--endpoint") == "pooled":
        pytest.skip("has nothing to do with the endpoint")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that the server's own user can pass into, as pytest's are not."""
    with memory.folder() as made:
        yield made
