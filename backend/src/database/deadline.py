"""Time limits for the database: psycopg2 waits in `_wait`, so no call exceeds its deadline.

The server's own timeouts do not help when the server is down, so this clock runs on our side.
"""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, connection, set_wait_callback

CONNECT_LIMIT = 5.0
"""Seconds to open a connection if no deadline is set."""

_local = threading.local()


class Late(psycopg2.OperationalError):
    """The database did not answer before the deadline."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """All waits for the database in this thread together take at most `seconds`."""
    outer: float | None = getattr(_local, "until", None)
    _local.until = min(time.monotonic() + seconds, outer or float("inf"))
    try:
        yield
    finally:
        _local.until = outer


def time_left(at_most: float) -> float:
    """Seconds until this thread's deadline, or `at_most` if that is less."""
    until: float | None = getattr(_local, "until", None)
    return at_most if until is None else max(0.0, min(at_most, until - time.monotonic()))


def _wait(conn: connection) -> None:
    """Wait for one libpq call; past the deadline psycopg2 closes the connection (PQ polling)."""
    until: float | None = getattr(_local, "until", None)
    if until is None and conn.status == psycopg2.extensions.STATUS_SETUP:
        until = time.monotonic() + CONNECT_LIMIT
    while (state := conn.poll()) != POLL_OK:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise Late("the database did not answer in time: timeout expired")
        poller = select.poll()
        poller.register(conn.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        poller.poll(None if left is None else left * 1000)


def install() -> None:
    """Make every psycopg2 connection of this process keep to the deadline."""
    set_wait_callback(_wait)
