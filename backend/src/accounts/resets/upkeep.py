"""Carries out resets that are due, and removes the record of old ones."""

import threading
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from src.accounts.resets import steps
from src.auth.factors.known import SECOND_FACTORS
from src.database.database import unit_of_work
from src.kit.clock import now
from src.models import FactorReset
from src.upkeep.jobs import BATCH, Job, in_batches

KEEP = timedelta(days=90)
"""How long a reset that has ended stays, as a record."""


def run(stopping: threading.Event) -> int:
    done = 0
    with unit_of_work() as db:
        due = list(_due(db))
    for reset_id, user_id in due:
        if stopping.is_set():
            break
        with unit_of_work() as db:
            done += steps.carry_out(db, reset_id, user_id, SECOND_FACTORS)
    return done + in_batches(purge, stopping)


def _due(db: Session) -> list[tuple[int, int]]:
    pending = col(FactorReset.ended_at).is_(None), col(FactorReset.due_at) <= now()
    wanted = select(FactorReset.id, FactorReset.user_id).where(*pending)
    return [(row[0], row[1]) for row in db.exec(wanted.order_by(col(FactorReset.id)).limit(BATCH))]


def purge(db: Session) -> int:
    old = select(FactorReset.id).where(col(FactorReset.ended_at) < now() - KEEP).limit(BATCH)
    gone = delete(FactorReset).where(col(FactorReset.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


JOBS = (Job("reset_factors", run, every=timedelta(minutes=5)),)
