"""Removes tokens that expired long ago."""

import threading
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import MailedToken
from src.upkeep.jobs import BATCH, Job, in_batches

KEEP = timedelta(days=3)
"""How long an expired token stays, so that its link says why it does not work."""


def purge(stopping: threading.Event) -> int:
    return in_batches(purge_batch, stopping)


def purge_batch(db: Session) -> int:
    """A mail that waits for its server goes with its token only after days without an attempt."""
    old = (
        select(MailedToken.id)
        .where(col(MailedToken.expires_at) < now() - KEEP)
        .order_by(col(MailedToken.expires_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(MailedToken).where(col(MailedToken.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


JOBS = (Job("purge_mailed_tokens", purge),)
