"""docs/logs.md names each event that the code records."""

import re

from src.audit.events import NOT_AS_PLANNED, Event
from src.settings import BACKEND

ROWS = re.findall(
    r"^\| `([a-z_.]+)`( !)? \|", (BACKEND.parent / "docs" / "logs.md").read_text(), re.MULTILINE
)


def test_every_event_has_its_row() -> None:
    assert [name for name, _ in ROWS] == [event.value for event in Event]


def test_warnings_are_marked() -> None:
    assert {name for name, mark in ROWS if mark} == {event.value for event in NOT_AS_PLANNED}
