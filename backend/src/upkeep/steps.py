"""Claim and release a job: one statement each, so the database decides races."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.kit.clock import SKEW, now
from src.models import UpkeepJob
from src.upkeep.jobs import Job

LEASE = timedelta(minutes=15)
"""How long a process may run a job: enough to purge a million rows."""
AGAIN_AFTER = timedelta(minutes=5)
"""The time until a failed job may run again."""


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The process must end, although the job may not be complete."""


def claim(db: Session, job: Job) -> datetime | None:
    """A lease on the job if it is due and no other process has one. Only one process gets it."""
    at = now()
    until, due_at = col(UpkeepJob.leased_until), col(UpkeepJob.due_at)
    # A later time than this service would ever write comes from a clock that was wrong.
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
    """Release the lease: at once, or a little later if the job failed.

    Only a job that is done gets a new `due_at`, so the doctor sees one that keeps failing as late.
    """
    at = now()
    then: dict[Outcome, dict[str, datetime | None]] = {
        Outcome.DONE: {"done_at": at, "due_at": at + job.every, "leased_until": None},
        Outcome.FAILED: {"leased_until": at + AGAIN_AFTER},
        Outcome.INTERRUPTED: {"leased_until": None},
    }
    db.execute(
        update(UpkeepJob)
        .where(col(UpkeepJob.name) == job.name, col(UpkeepJob.leased_until) == lease)
        .values(then[outcome])
        .execution_options(synchronize_session=False)
    )
