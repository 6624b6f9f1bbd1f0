"""Waits for events outside the test."""

import time
from collections.abc import Callable

import pytest


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Return when the condition is true; the seconds are enough for a busy machine."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def said_until(capfd: pytest.CaptureFixture[str], last: str) -> str:
    """All that was written to both outputs, at least up to a line with `last`.

    A request's line of the log is written after its answer, which a client may see before it.
    """
    said = ""

    def has_come() -> bool:
        nonlocal said
        said += "".join(capfd.readouterr())
        return last in said

    eventually(has_come)
    return said
