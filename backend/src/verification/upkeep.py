"""Removes tokens that expired long ago, and ends those of disabled accounts."""

import threading
from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from src.database.database import unit_of_work
from src.kit.clock import now
from src.models import Mail, MailedToken, User
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


def end_of_disabled(_stopping: threading.Event) -> int:
    """End the tokens of disabled accounts, so that none counts again if an account is enabled."""
    with unit_of_work() as db:
        ended = db.exec(
            update(MailedToken)
            .where(
                col(MailedToken.expires_at) > now(),
                col(MailedToken.user_id) == col(User.id),
                col(User.disabled_at).is_not(None),
                col(MailedToken.used_at).is_(None),
                col(MailedToken.replaced_at).is_(None),
            )
            .values(replaced_at=now())
            .execution_options(synchronize_session=False)
        )
        return ended.rowcount


JOBS = (
    Job("purge_mailed_tokens", purge),
    Job("end_tokens_of_disabled", end_of_disabled, timedelta(minutes=5)),
)
