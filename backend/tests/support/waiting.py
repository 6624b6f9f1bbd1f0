"""Waiting for what happens beside a test."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Return once it holds; the seconds are for a machine that is busy."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
