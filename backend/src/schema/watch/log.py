"""What the log says of the database: each finding once, not once per request that meets it."""

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
    """Remembers what it has said."""

    def __init__(self) -> None:
        self._last: tuple[SchemaStatus, str] | None = None
        self._heard: dict[str, float] = {}
        """Causes, and when each was first met."""
        self._told: dict[str, float] = {}
        self._lock = threading.Lock()

    def hear(self, cause: str) -> None:
        """Keep what a request met, until a look that began later explains it or does not."""
        with self._lock:
            if len(self._heard) < CAUSES_AT_MOST:
                self._heard.setdefault(cause, time.monotonic())

    def settings(self) -> None:
        """Say which source won where several disagree, and what of them has no effect."""
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
            log.warning("%s: set, and not used", ", ".join(loaded.libpq))

    def state(self, state: SchemaState, *, looked_at: float) -> None:
        if self._last != (state.status, state.summary):
            self._last = (state.status, state.summary)
            if state.ready:
                log.info("%s %s", connected(state), state.summary)
            else:
                log.error("%s: %s To mend it: %s", state.status, state.summary, state.command)
        self._unexplained(state, looked_at)

    def _unexplained(self, state: SchemaState, looked_at: float) -> None:
        with self._lock:
            heard = {cause for cause, met_at in self._heard.items() if met_at < looked_at}
            for cause in heard:
                del self._heard[cause]
        if not state.ready:  # the finding has said it all
            return
        now = time.monotonic()
        self._told = {cause: at for cause, at in self._told.items() if now - at < REPEAT_AFTER}
        for cause in heard - self._told.keys():
            self._told[cause] = now
            log.error("%s is ready, yet a request met: %s", state.address, cause)


def connected(state: SchemaState) -> str:
    """What an operator wants to know first: which database this process has opened."""
    try:
        seen = identity.identify(app_endpoint())
    except NO_ANSWER as error:
        return f"Connected to {state.address}, then lost it: {one_line(error)}."
    return (
        f"Connected to {seen.endpoint}: PostgreSQL {seen.server_version}, instance "
        f"{seen.instance_id}, {'through a pooler or proxy' if seen.between else 'directly'}."
    )
