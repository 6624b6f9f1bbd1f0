"""What the log says about the database: each finding once, not once for each request."""

import logging
import threading
import time

from src.database.faults import NO_ANSWER, one_line
from src.database.origin import app_endpoint
from src.schema import identity
from src.schema.state import SchemaState, SchemaStatus
from src.settings import get_loaded

log = logging.getLogger("postern.database")

REPEAT_AFTER = 60.0
"""Seconds after which a cause that no finding explains is logged again."""
CAUSES_AT_MOST = 20


class WatchLog:
    """Remembers what it has logged."""

    def __init__(self) -> None:
        self._last: tuple[SchemaStatus, str] | None = None
        self._causes: dict[str, float] = {}
        """Causes of refused requests, and when each first happened."""
        self._logged: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, cause: str) -> None:
        """Keep the cause of a refusal, until a look that began later explains it or does not."""
        with self._lock:
            if len(self._causes) < CAUSES_AT_MOST:
                self._causes.setdefault(cause, time.monotonic())

    def settings(self) -> None:
        """Log which source won if several disagree, and which values have no effect."""
        loaded = get_loaded()
        for entry in loaded.conflicts:
            log.warning(
                "%s is taken from %s; another value in %s is not used",
                *(entry.name, entry.source, ", ".join(entry.conflicts)),
            )
        for sentence in loaded.unreadable:
            log.warning("%s It is not used.", sentence)
        for unknown in loaded.unknown:
            log.warning("backend/.env, %s", unknown)
        if loaded.libpq:
            log.warning("%s: set, but not used", ", ".join(loaded.libpq))

    def state(self, state: SchemaState, *, looked_at: float) -> None:
        if self._last != (state.status, state.summary):
            self._last = (state.status, state.summary)
            if state.ready:
                log.info("%s %s", connected(state), state.summary)
            else:
                log.error("%s: %s To fix it: %s", state.status, state.summary, state.command)
        self._unexplained(state, looked_at)

    def _unexplained(self, state: SchemaState, looked_at: float) -> None:
        with self._lock:
            causes = {cause for cause, at in self._causes.items() if at < looked_at}
            for cause in causes:
                del self._causes[cause]
        if not state.ready:  # the finding explains them
            return
        now = time.monotonic()
        self._logged = {cause: at for cause, at in self._logged.items() if now - at < REPEAT_AFTER}
        for cause in causes - self._logged.keys():
            self._logged[cause] = now
            log.error("%s is ready, but a request was refused: %s", state.address, cause)


def connected(state: SchemaState) -> str:
    """What an operator wants to know first: which database this process uses."""
    try:
        seen = identity.identify(app_endpoint())
    except NO_ANSWER as error:
        return f"Connected to {state.address}, then lost it: {one_line(error)}."
    return (
        f"Connected to {seen.endpoint}: PostgreSQL {seen.server_version}, instance "
        f"{seen.instance_id}, {'through a pooler or proxy' if seen.between else 'directly'}."
    )
