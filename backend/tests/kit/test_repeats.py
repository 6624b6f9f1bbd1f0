"""A log line that would repeat is written once a minute, with a count."""

import logging

import pytest

from src.kit.clock import now
from src.kit.flood import MINUTE
from src.kit.repeats import Repeats


def test_of_each_kind_one_line_a_minute_says_how_many_were_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = now()
    repeats = Repeats(logging.getLogger("postern.test"), lambda: at)
    for kind in ("flood", "flood", "fault", "flood"):
        repeats.write(logging.WARNING, kind, "%s refused", kind)
    at += MINUTE
    for _ in range(2):
        repeats.write(logging.WARNING, "flood", "%s refused", "flood")

    assert caplog.messages == [
        "flood refused",
        "fault refused",
        "flood refused (2 more since the last such line)",
    ]
