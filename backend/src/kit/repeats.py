"""Limits repeated log lines to one per minute and kind, with the number of omitted lines."""

import logging
import threading
import time
from collections.abc import Callable

EVERY = 60.0
"""Seconds."""


class Repeats:
    """Counts what was not logged. `kind` comes from a small fixed set: each has an entry here."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log, self._clock = log, clock
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def write(self, level: int, kind: str, message: str, *args: object) -> None:
        """Log the line, or only count it if one of its kind was logged in the last minute."""
        with self._lock:
            at = self._clock()
            if at < self._next.get(kind, at):
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return
            self._next[kind] = at + EVERY
            before = self._left_out.pop(kind, 0)
        more = f" ({before} more since the last such line)" if before else ""
        self._log.log(level, f"{message}%s", *args, more)

    def forget(self) -> None:
        """Log the next line of each kind."""
        with self._lock:
            self._next.clear()
            self._left_out.clear()
