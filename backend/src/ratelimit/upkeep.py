"""Removes the rows of limits that are full again, and of failures that are forgotten."""

import threading

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import FailureStreak, RateLimit
from src.ratelimit.streaks import FORGOTTEN_AFTER
from src.upkeep.jobs import BATCH, Job, in_batches


def purge(stopping: threading.Event) -> int:
    return in_batches(purge_batch, stopping)


def purge_batch(db: Session, most: int = BATCH) -> int:
    """Remove full buckets and forgotten streaks, at most `most` of each; gives how many.

    Rows that a request or another purge holds are left for the next time.
    """
    at = now()
    full, last = col(RateLimit.full_at), col(FailureStreak.last_at)
    buckets = select(RateLimit.key).where(full < at).order_by(full)
    streaks = select(FailureStreak.key).where(last < at - FORGOTTEN_AFTER).order_by(last)
    spent = buckets.limit(most).with_for_update(skip_locked=True)
    forgotten = streaks.limit(most).with_for_update(skip_locked=True)
    gone = (
        delete(RateLimit).where(col(RateLimit.key).in_(spent)),
        delete(FailureStreak).where(col(FailureStreak.key).in_(forgotten)),
    )
    unsynchronized = {"synchronize_session": False}
    return sum(db.exec(one, execution_options=unsynchronized).rowcount for one in gone)


JOBS = (Job("purge_limits", purge),)
