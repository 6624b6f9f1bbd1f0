"""Removes sessions that ended long ago, and warns if all people seem to have one address."""

import logging
import threading
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.database.database import unit_of_work
from src.kit.clock import now
from src.models import UserSession
from src.sessions import crowd
from src.settings import Environment, get_settings
from src.upkeep.jobs import BATCH, Job, in_batches

log = logging.getLogger("postern.sessions")

KEEP = timedelta(days=7)
"""How long an ended session stays, as a record of how it ended."""


def purge(stopping: threading.Event) -> int:
    return in_batches(purge_batch, stopping)


def purge_batch(db: Session) -> int:
    """Remove the first sessions that ended `KEEP` ago. Skip rows that another process removes."""
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


def warn_of_one_address(_stopping: threading.Event) -> int:
    """Warn if nearly all people come from one address, and return how many people that are."""
    if get_settings().environment is Environment.DEVELOPMENT:
        return 0  # a developer may make many accounts
    with unit_of_work() as db:
        seen = crowd.one_address(db)
    if seen is None:
        return 0
    log.warning(
        "lately nearly all sign-ins, by %s people, came from %s: that is a proxy which "
        "TRUSTED_PROXIES does not name, or which does not send X-Forwarded-For, so all share "
        "one limit",
        *seen,
    )
    return seen[0]


JOBS = (Job("purge_sessions", purge), Job("look_for_one_address", warn_of_one_address))
