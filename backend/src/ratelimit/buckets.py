"""Limits by policy: one statement for each hit, so the database decides races.

A bucket is stored as the time at which it is full again (the generic cell rate algorithm, ITU-T
I.371, Annex A). A hit adds one interval, unless the time would then be more than a burst ahead.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.kit.clock import SKEW, now
from src.models import RateLimit
from src.policies import Policy
from src.ratelimit.errors import RateLimited, Reached
from src.ratelimit.keys import LAZILY, key_of


def hit(db: Session, policy: Policy, subject: str) -> None:
    """Count one request. Raises `RateLimited` above the limit, also for many requests at once."""
    key, at = key_of(policy.name, subject), now()
    then = _full_at(policy, at) + policy.interval
    counted = (
        insert(RateLimit)
        .values(key=key, full_at=at + policy.interval)
        .on_conflict_do_update(
            index_elements=[col(RateLimit.key)],
            set_={"full_at": then},
            where=then <= at + policy.window,
        )
        .returning(LAZILY)
    )
    if db.execute(counted).first() is None:
        until = _clamped(db, policy, subject, at) + policy.interval - policy.window
        raise RateLimited(Reached(key, policy.name, policy.burst, policy.window, until), at)


def _full_at(policy: Policy, at: datetime) -> ColumnElement[datetime]:
    """When it is full again: never later than a window from now, whatever clock has written it.

    A little later means that another clock is ahead. Much later means that a clock was wrong, and
    the row says nothing.
    """
    full_at = col(RateLimit.full_at)
    clamped = func.greatest(func.least(full_at, literal(at + policy.window)), literal(at))
    return case((full_at > at + policy.window + SKEW, literal(at)), else_=clamped)


def _clamped(db: Session, policy: Policy, subject: str, at: datetime) -> datetime:
    """When the whole burst is available again. It replaces a later time of another clock."""
    named, latest = _named(policy, subject), at + policy.window
    full_at = db.execute(select(col(RateLimit.full_at)).where(named)).scalar() or at
    if full_at > latest:
        clamped = update(RateLimit).where(named).values(full_at=latest)
        db.execute(clamped.execution_options(synchronize_session=False))
    return min(full_at, latest)


def give_back(db: Session, policy: Policy, subject: str) -> None:
    """Undo one hit. A full bucket is removed, because no row means the same."""
    earlier = col(RateLimit.full_at) - policy.interval
    undone = update(RateLimit).where(_named(policy, subject)).values(full_at=earlier)
    full = delete(RateLimit).where(_named(policy, subject), col(RateLimit.full_at) <= now())
    for statement in (undone, full):
        db.execute(statement.execution_options(synchronize_session=False))


def forget(db: Session, policy: Policy, subject: str) -> None:
    """Reset the bucket, so that the whole burst is allowed again."""
    gone = delete(RateLimit).where(_named(policy, subject))
    db.execute(gone.execution_options(synchronize_session=False))


def _named(policy: Policy, subject: str) -> ColumnElement[bool]:
    return col(RateLimit.key) == key_of(policy.name, subject)
