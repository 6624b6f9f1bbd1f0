"""The clock follows the database's, whatever the host's does in the meantime."""

from datetime import UTC, datetime, timedelta

import pytest

from src.kit.clock import MEASURE_EVERY, Clock, host_counter

TRUE = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Host:
    """A machine whose clock is wrong by `off`."""

    def __init__(self, off: timedelta = timedelta()) -> None:
        self.off = off
        self.counter = 1000.0
        self.asked = 0
        self.clock = Clock(lambda: self.true + self.off, lambda: self.counter)
        self.clock.ask = self._ask

    @property
    def true(self) -> datetime:
        return TRUE + timedelta(seconds=self.counter - 1000)

    def measure(self, *, wrong_by: timedelta = timedelta(), error: timedelta = SECOND / 10) -> None:
        self.clock.follow(self.true + wrong_by, counter=self.counter, error=error)

    def _ask(self) -> None:
        self.asked += 1


def test_goes_by_the_host_until_it_is_measured() -> None:
    host = Host(off=HOUR)
    assert host.clock.now() == TRUE + HOUR
    host.measure()
    assert host.clock.now() == TRUE
    host.clock.forget()
    assert host.clock.now() == TRUE + HOUR


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_step_of_the_host_changes_nothing_and_asks_for_a_measurement(jump: timedelta) -> None:
    host = Host()
    host.measure()
    host.counter += 30
    host.off += jump
    assert host.clock.now() == host.true
    assert host.asked == 1
    host.measure()
    host.counter += 30
    assert host.clock.now() == host.true
    assert host.asked == 1


def test_asks_rarely_while_no_measurement_comes() -> None:
    host = Host()
    host.measure()
    host.off = HOUR
    for _ in range(100):
        host.clock.now()
    assert host.asked == 1
    host.counter += 30
    host.clock.now()
    assert host.asked == 2


def test_an_old_measurement_is_asked_for_again() -> None:
    host = Host()
    host.measure()
    host.counter += MEASURE_EVERY
    host.clock.now()
    assert host.asked == 0
    host.counter += 1
    host.clock.now()
    assert host.asked == 1


def test_two_hosts_five_minutes_apart_agree() -> None:
    ahead, behind = Host(off=timedelta(minutes=5)), Host(off=-timedelta(minutes=5))
    for host in (ahead, behind):
        host.measure()
    assert ahead.clock.now() == behind.clock.now() == TRUE


def test_a_difference_within_the_error_of_measuring_is_none() -> None:
    host = Host()
    host.measure()
    host.measure(wrong_by=SECOND / 20)
    assert host.clock.now() == TRUE
    host.measure(wrong_by=SECOND)
    assert host.clock.now() == TRUE + SECOND


def test_the_counter_of_the_host_never_goes_back() -> None:
    readings = [host_counter() for _ in range(1000)]
    assert readings == sorted(readings)
