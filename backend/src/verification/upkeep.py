"""Removes tokens that expired long ago."""

import threading
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import Mail, MailedToken
from src.upkeep.jobs import BATCH, Job, in_batches

KEEP = timedelta(days=3)
"""How long an expired token stays, so that its link says why it does not work."""


def purge(stopping: threading.Event) -> int:
    return in_batches(purge_batch, stopping)


def purge_batch(db: Session) -> int:
    """Not those of mails that wait or were given up, which would go with their tokens."""
    waits = select(Mail.id).where(
        col(Mail.token_id) == col(MailedToken.id), col(Mail.sent_at).is_(None)
    )
    old = (
        select(MailedToken.id)
        .where(col(MailedToken.expires_at) < now() - KEEP, ~waits.exists())
        .order_by(col(MailedToken.expires_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(MailedToken).where(col(MailedToken.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


JOBS = (Job("purge_mailed_tokens", purge),)
