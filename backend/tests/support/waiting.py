"""Waiting for what happens beside a test."""

import time
from collections.abc import Callable

import pytest


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Return once it holds; the seconds are for a machine that is busy."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def said_until(capfd: pytest.CaptureFixture[str], last: str) -> str:
    """All that was written to both outputs, up to a line with `last` at least.

    A request's line of the log is written after its answer, which a client may see before it.
    """
    said = ""

    def has_come() -> bool:
        nonlocal said
        said += "".join(capfd.readouterr())
        return last in said

    eventually(has_come)
    return said
