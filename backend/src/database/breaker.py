"""A circuit breaker: while the database is down, one caller at a time checks whether it is back.

Without it every request would wait for its whole deadline, and requests in the queue even longer.
"""

import threading
import time

from src.database.errors import DatabaseUnavailable


class Breaker:
    """Closed until `trip()`; then lets one caller through every `probe_every` seconds."""

    def __init__(self, *, probe_every: float) -> None:
        self._probe_every = probe_every
        self._next_probe: float | None = None
        self._lock = threading.Lock()
        self._answered_at = float("-inf")

    def admit(self) -> None:
        """Raise `DatabaseUnavailable` while the database is down, unless it is time to check."""
        if self._next_probe is None:
            return
        with self._lock:
            if self._next_probe is None:
                return
            if time.monotonic() < self._next_probe:
                raise DatabaseUnavailable
            self._next_probe = time.monotonic() + self._probe_every

    def answered_since(self, moment: float) -> bool:
        """Whether the database has answered anybody since then, in seconds of `time.monotonic`."""
        return self._answered_at > moment

    def trip(self) -> None:
        with self._lock:
            self._next_probe = time.monotonic() + self._probe_every

    def reset(self) -> None:
        """The database has answered."""
        self._answered_at = time.monotonic()
        if self._next_probe is not None:
            with self._lock:
                self._next_probe = None
