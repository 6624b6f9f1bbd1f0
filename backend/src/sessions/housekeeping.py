"""Removes what has ended, so that tables stay bounded: in small steps that let traffic through.

Begun by the traffic that fills the tables, at most once an hour and process. Nothing runs while
nobody signs in.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.database.database import unit_of_work
from src.keys import service as keys
from src.kit.clock import now
from src.kit.problem import Problem
from src.models import UserSession
from src.ratelimit import purging
from src.sessions import crowd
from src.settings import Environment, get_settings

log = logging.getLogger("postern.sessions")

KEEP = timedelta(days=7)
"""For which an ended session stays, as the record of how it ended."""
BATCH = 2000
"""Rows of one transaction: some ten milliseconds."""
PAUSE = 0.05
"""Seconds between two of them."""
EVERY = 3600.0
"""Seconds."""


class Housekeeping:
    """One thread, while there is something to remove."""

    def __init__(self) -> None:
        self._due_at = time.monotonic()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def begin_if_due(self) -> None:
        """Returns at once."""
        if time.monotonic() < self._due_at:
            return
        self._due_at = time.monotonic() + EVERY
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)
        self._due_at = time.monotonic()

    def _run(self) -> None:
        try:
            _warn_of_one_address()
            purged = purge(self._stopping)
        except Problem as problem:  # the database is away: an hour later will do
            log.info("purging was put off: %s", problem.code)
        except Exception:
            log.exception("purging has failed")
        else:
            if any(purged):
                log.info("purged %s", purged)


def _warn_of_one_address() -> None:
    if get_settings().environment is Environment.DEVELOPMENT:
        return  # where one person makes many accounts
    with unit_of_work() as db:
        seen = crowd.one_address(db)
    if seen:
        log.warning(
            "of late nearly all sign-ins, by %s people, came from %s: a proxy stands there that "
            "TRUSTED_PROXIES does not name, or that does not send X-Forwarded-For, and all share "
            "one limit",
            *seen,
        )


class Purged(NamedTuple):
    """How many of each were removed."""

    sessions: int
    signing_keys: int
    limits: int

    def __str__(self) -> str:
        return (
            f"{self.sessions} sessions, {self.signing_keys} signing keys "
            f"and {self.limits} limits that nobody was near"
        )


def purge(stopping: threading.Event) -> Purged:
    """Remove what ended, what was spent and what says nothing any more."""
    sessions = _in_batches(purge_batch, stopping)
    limits = _in_batches(lambda db: purging.purge_batch(db, BATCH), stopping)
    with unit_of_work() as db:
        return Purged(sessions, keys.remove_spent(db), limits)


def _in_batches(remove: Callable[[Session], int], stopping: threading.Event) -> int:
    removed = 0
    while not stopping.is_set():
        with unit_of_work() as db:
            count = remove(db)
        removed += count
        if count < BATCH:
            break
        stopping.wait(PAUSE)
    return removed


def purge_batch(db: Session) -> int:
    """Remove the first sessions that ended `KEEP` ago, but for those that another one removes."""
    ended = (
        select(UserSession.id)
        .where(col(UserSession.idle_expires_at) < now() - KEEP)
        .order_by(col(UserSession.idle_expires_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = db.exec(
        delete(UserSession)
        .where(col(UserSession.id).in_(ended))
        .execution_options(synchronize_session=False)
    )
    return gone.rowcount


housekeeping = Housekeeping()
