"""Whether the jobs that keep tables small are done in time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.models import UpkeepJob, UserSession
from src.schema.command_lines import POSTERN

LATE = Condition(
    "upkeep_late",
    "A job of upkeep is late although people use the service",
    "Expired rows stay in the tables, so the tables grow. No process runs the job, or it fails.",
    "Upkeep is late",
)
LATE_AFTER = timedelta(hours=2)
USED_AFTER = timedelta(hours=1)
"""Without use the database may sleep, and upkeep waits. So a job is late only if somebody used the
service this long after it was due."""


def done_in_time(case: Case) -> Outcome:
    """Story: decision 0029."""
    case.require_our_tables()
    newest = select(UserSession.last_used_at).order_by(col(UserSession.id).desc()).limit(1)
    due_at = col(UpkeepJob.due_at)
    late = (
        select(UpkeepJob)
        .where(due_at < func.now() - LATE_AFTER, due_at < newest.scalar_subquery() - USED_AFTER)
        .order_by(UpkeepJob.name)
    )
    with app_connection(case) as connection, Session(connection) as db:
        evidence = [_described(job) for job in db.exec(late)]
    if evidence:
        return LATE.found(*evidence, fix=f"{POSTERN} upkeep")
    return Fine("no job is late")


def _described(job: UpkeepJob) -> str:
    done = f"last done at {_time(job.done_at)}" if job.done_at else "never done"
    return f"{job.name}: due at {_time(job.due_at)}, {done}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


CHECKS = (Check(Group.RUNTIME, "Upkeep is done in time", done_in_time),)
