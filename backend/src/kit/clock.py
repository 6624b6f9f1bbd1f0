"""The only place that reads the time: one clock decides what has expired, and tests can move it.

It follows the database's clock, so that all processes agree. Between two measurements it counts on
without the host's clock, so a step of that one changes nothing. Decision 0033.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=5)
"""The most by which the clocks of two processes may differ before they are measured."""
MEASURE_EVERY = 600.0
"""Seconds until the next measurement is due."""
ASK_EVERY = 10.0
"""Seconds between two requests for a measurement."""
STEP = timedelta(seconds=1)
"""If the host's clock moves more than this against the counter, a measurement is due."""


def host_time() -> datetime:
    return datetime.now(UTC)


def host_counter() -> float:
    """Seconds that only count up. On Linux they also count while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True)
class Measured:
    """The database's time at one moment of the counter."""

    at: datetime
    counter: float
    host: datetime
    """The host's own time at that moment."""


class Clock:
    """The database's time in UTC. Before the first measurement it is the host's time."""

    def __init__(
        self,
        host: Callable[[], datetime] = host_time,
        counter: Callable[[], float] = host_counter,
    ) -> None:
        self.host, self.counter = host, counter
        self.ask: Callable[[], None] = lambda: None
        """Called when a measurement is due. It must return at once."""
        self._measured: Measured | None = None
        self._asked_at = float("-inf")
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        if self._frozen is not None:
            return self._frozen
        host, counter = self.host(), self.counter()
        measured = self._measured  # another thread may replace it
        if measured is None:
            return host
        elapsed = timedelta(seconds=counter - measured.counter)
        stepped = abs(host - measured.host - elapsed) > STEP
        due = stepped or elapsed.total_seconds() > MEASURE_EVERY
        if due and counter - self._asked_at > ASK_EVERY:
            self._asked_at = counter
            self.ask()
        return measured.at + elapsed

    def follow(self, at: datetime, *, counter: float, error: timedelta) -> None:
        """Use this measurement: the database's time `at`, when the counter stood at `counter`.

        A difference within the error of measuring is none, so that time does not jump to and fro.
        """
        before, elapsed = self._measured, timedelta(seconds=self.counter() - counter)
        if before is not None:
            expected = before.at + timedelta(seconds=counter - before.counter)
            at = expected if abs(expected - at) <= error else at
        self._measured = Measured(at.astimezone(UTC), counter, self.host() - elapsed)

    def forget(self) -> None:
        """Use the host's time again, until the next measurement."""
        self._measured, self._asked_at = None, float("-inf")

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


def is_within(since: datetime, span: timedelta) -> bool:
    """Whether this moment is less than `span` ago. False if it is far in the future."""
    return -SKEW <= now() - since < span
