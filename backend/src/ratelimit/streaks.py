"""Wrong passwords in a row. They are counted before the check, also for many at once."""

from datetime import timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, case, delete, literal, select, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.kit.clock import SKEW, now
from src.models import FailureStreak
from src.policies import Patience
from src.ratelimit.errors import RateLimited, Reached
from src.ratelimit.keys import LAZILY, key_of

FORGOTTEN_AFTER = timedelta(days=30)
"""Rows are kept this long without an attempt. Addresses without an account have rows too."""


def begin(db: Session, patience: Patience, subject: str) -> None:
    """Count an attempt as failed until its check ends. Raises `RateLimited`."""
    at = now()
    failures, last_at = col(FailureStreak.failures), col(FailureStreak.last_at)
    forgotten = last_at < at - FORGOTTEN_AFTER
    due = (
        (failures < patience.free)
        | (last_at + _wait_after(patience, failures) <= at)
        | (last_at > at + SKEW)  # written by a wrong clock
    )
    counted = (
        insert(FailureStreak)
        .values(key=key_of(patience.name, subject), failures=1, last_at=at)
        .on_conflict_do_update(
            index_elements=[col(FailureStreak.key)],
            set_={"failures": case((forgotten, 1), else_=failures + 1), "last_at": at},
            where=forgotten | ((failures < patience.limit) & due),
        )
        .returning(LAZILY)
    )
    if db.execute(counted).first() is None:
        raise RateLimited(_reached(db, patience, subject), at)


def give_back(db: Session, patience: Patience, subject: str) -> None:
    """Undo the count of an attempt that was not made, so the next one may follow at once.

    A row without failures is removed, because no row means the same.
    """
    failures = col(FailureStreak.failures)
    none = delete(FailureStreak).where(_named(patience, subject), failures <= 1)
    db.execute(none.execution_options(synchronize_session=False))
    db.execute(
        update(FailureStreak)
        .where(_named(patience, subject))
        .values(
            failures=failures - 1,
            last_at=col(FailureStreak.last_at) - _wait_after(patience, failures - 1),
        )
        .execution_options(synchronize_session=False)
    )


def end(db: Session, patience: Patience, subject: str) -> None:
    """Forget the failures, after a right password."""
    gone = delete(FailureStreak).where(_named(patience, subject))
    db.execute(gone.execution_options(synchronize_session=False))


def is_spent(db: Session, patience: Patience, subject: str) -> bool:
    spent = select(col(FailureStreak.key)).where(
        _named(patience, subject),
        col(FailureStreak.failures) >= patience.limit,
        col(FailureStreak.last_at) >= now() - FORGOTTEN_AFTER,
    )
    return db.execute(spent).first() is not None


def _wait_after(patience: Patience, failures: SQLColumnExpression[int]) -> ColumnElement[timedelta]:
    """`Patience.wait_after` as SQL."""
    seconds = case(
        (failures < patience.free, literal(0.0)),
        else_=sql.least(
            patience.longest.total_seconds(),
            sql.power(2.0, sql.least(failures - patience.free, 32)),
        ),
    )
    return sql.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _reached(db: Session, patience: Patience, subject: str) -> Reached:
    query = select(col(FailureStreak.failures), col(FailureStreak.last_at))
    row = db.execute(query.where(_named(patience, subject))).first()
    at = now()
    failures, last_at = row or (0, at)  # a parallel attempt had the right password
    spent = failures >= patience.limit
    wait = FORGOTTEN_AFTER if spent else patience.wait_after(failures)
    key = key_of(patience.name, subject)
    return Reached(key, patience.name, patience.limit, FORGOTTEN_AFTER, min(last_at, at) + wait)


def _named(patience: Patience, subject: str) -> ColumnElement[bool]:
    return col(FailureStreak.key) == key_of(patience.name, subject)
