"""Removes the rows of limits that are full again, and of failures that have expired.

The tables are bounded: above `MOST` rows the oldest are removed. Each row needs a password check or
a change in a session, so an attacker cannot add rows cheaply.
"""

import threading

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from src.database.database import unit_of_work
from src.kit import metrics
from src.kit.clock import now
from src.models import FailureStreak, RateLimit
from src.ratelimit.streaks import FORGOTTEN_AFTER
from src.upkeep.jobs import BATCH, Job, in_batches

MOST = 1_000_000
"""The most rows of each table: about 150 MB with its indexes."""


def purge(stopping: threading.Event) -> int:
    gone = in_batches(purge_batch, stopping) + in_batches(purge_excess, stopping)
    with unit_of_work() as db:
        for table in (RateLimit, FailureStreak):
            rows = db.exec(select(func.count()).select_from(table)).one()
            metrics.limit_rows.labels(str(table.__tablename__)).set(rows)
    return gone


def purge_excess(db: Session, most: int = BATCH, *, keep: int = MOST) -> int:
    """Remove the oldest rows above `keep`, at most `most`, and return how many."""
    gone = 0
    for table, key, moment in (
        (RateLimit, col(RateLimit.key), col(RateLimit.full_at)),
        (FailureStreak, col(FailureStreak.key), col(FailureStreak.last_at)),
    ):
        excess = select(key).order_by(moment.desc(), key).offset(keep).limit(most)
        removed = delete(table).where(key.in_(excess.with_for_update(skip_locked=True)))
        gone += db.exec(removed, execution_options={"synchronize_session": False}).rowcount
    return gone


def purge_batch(db: Session, most: int = BATCH) -> int:
    """Remove full buckets and expired streaks, at most `most` of each, and return how many.

    Rows that a request or another purge has locked are left for the next time.
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
