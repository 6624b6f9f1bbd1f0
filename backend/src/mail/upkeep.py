"""Removes mails that were sent or given up long ago, and counts those that wait."""

import threading

from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select

from src.database.database import unit_of_work
from src.kit import metrics
from src.kit.clock import now
from src.mail.steps import KEEP, KEEP_PARKED, is_open
from src.models import Mail
from src.upkeep.jobs import BATCH, Job, in_batches


def purge(stopping: threading.Event) -> int:
    removed = in_batches(purge_batch, stopping)
    with unit_of_work() as db:
        waiting = db.exec(select(func.count()).select_from(Mail).where(*is_open())).one()
        parked = func.count().filter(col(Mail.parked_at).is_not(None))
        metrics.mail_rows.labels("waiting").set(waiting)
        metrics.mail_rows.labels("parked").set(db.exec(select(parked).select_from(Mail)).one())
    return removed


def purge_batch(db: Session) -> int:
    at = now()
    old = (
        select(Mail.id)
        .where(or_(col(Mail.sent_at) < at - KEEP, col(Mail.parked_at) < at - KEEP_PARKED))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(Mail).where(col(Mail.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


JOBS = (Job("purge_mail", purge),)
"""Not for delivery, which does not wait for an hour: `postman.py`."""
