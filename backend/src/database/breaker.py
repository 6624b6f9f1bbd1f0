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

    def trip(self) -> None:
        with self._lock:
            self._next_probe = time.monotonic() + self._probe_every

    def reset(self) -> None:
        if self._next_probe is not None:
            with self._lock:
                self._next_probe = None
