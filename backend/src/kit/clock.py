"""The only place that reads the time: tests can move it, and one clock decides what has expired."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time in UTC, which a test may hold still or move."""

    def __init__(self) -> None:
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        return self._frozen or datetime.now(UTC)

    @contextmanager
    def frozen(self, at: datetime) -> Iterator["Clock"]:
        self._frozen = at
        try:
            yield self
        finally:
            self._frozen = None

    def advance(self, by: timedelta) -> None:
        self._frozen = self.now() + by


clock = Clock()


def now() -> datetime:
    """The time as an aware datetime in UTC."""
    return clock.now()
