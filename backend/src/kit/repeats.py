"""Limits repeated log lines to one per minute and kind, with the number of omitted lines."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from src.kit.clock import now
from src.kit.flood import Flood


class Repeats:
    """Counts what was not logged. `kind` comes from a small fixed set: each has an entry here."""

    def __init__(self, log: logging.Logger, clock: Callable[[], datetime] = now) -> None:
        self._log, self._clock = log, clock
        self._lock = threading.Lock()
        self._flood = Flood()

    def write(self, level: int, kind: str, message: str, *args: object) -> None:
        """Log the line, or only count it if one of its kind was logged in the last minute."""
        with self._lock:
            count = self._flood.note(kind, self._clock())
        if count is None:
            return
        more = f" ({count - 1} more since the last such line)" if count > 1 else ""
        self._log.log(level, f"{message}%s", *args, more)

    def forget(self) -> None:
        """Log the next line of each kind."""
        with self._lock:
            self._flood = Flood()
