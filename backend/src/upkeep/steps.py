"""Claim a job and give it back: one statement each, so the database decides the race."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.kit.clock import SKEW, now
from src.models import UpkeepJob
from src.upkeep.jobs import Job

LEASE = timedelta(minutes=15)
"""Enough to purge a million rows."""
AGAIN_AFTER = timedelta(minutes=5)
"""When a failed job is due again."""


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The process was told to end, and something may be left to do."""


def claim(db: Session, job: Job) -> datetime | None:
    """A lease on the job if it is due and nobody has one; of N processes one gets it."""
    at = now()
    until, due_at = col(UpkeepJob.leased_until), col(UpkeepJob.due_at)
    # A moment later than this service ever writes comes from a clock that was wrong.
    free = until.is_(None) | (until <= at) | (until > at + LEASE + SKEW)
    due = (due_at <= at) | (due_at > at + job.every + SKEW)
    claimed = (
        insert(UpkeepJob)
        .values(name=job.name, due_at=at, leased_until=at + LEASE)
        .on_conflict_do_update(
            index_elements=[col(UpkeepJob.name)],
            set_={"leased_until": at + LEASE},
            where=free & due,
        )
        .returning(until)
    )
    row = db.execute(claimed).first()
    return None if row is None else row.leased_until


def finish(db: Session, job: Job, lease: datetime, outcome: Outcome) -> None:
    """Give the lease back. The job is due again in its interval, or sooner if it is not done."""
    at = now()
    then = {
        Outcome.DONE: {"done_at": at, "due_at": at + job.every},
        Outcome.FAILED: {"due_at": at + AGAIN_AFTER},
        Outcome.INTERRUPTED: {"due_at": at},
    }
    db.execute(
        update(UpkeepJob)
        .where(col(UpkeepJob.name) == job.name, col(UpkeepJob.leased_until) == lease)
        .values(leased_until=None, **then[outcome])
        .execution_options(synchronize_session=False)
    )
