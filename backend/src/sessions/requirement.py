"""REQUIRE_SECOND_FACTOR: from when on an account without a second factor gets no session."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import Requirement, User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors, required
from src.sessions.steps import EndedBy, end
from src.settings import get_settings

NAME = "second_factor"


def since(db: Session) -> datetime:
    """When this service first required a second factor. Records this moment, if it is the first."""
    recorded = select(Requirement.since).where(col(Requirement.name) == NAME)
    found = db.exec(recorded).first()
    if found is None:
        first = insert(Requirement).values(name=NAME, since=now())
        db.execute(first.on_conflict_do_nothing())
        found = db.exec(recorded).one()
    # A moment in the future was written by a wrong clock.
    return min(found, now())


def note(db: Session) -> None:
    """Record that it is required, before an account is created: that one has no grace period."""
    if get_settings().require_second_factor:
        since(db)


def due_at(db: Session, created_at: datetime) -> datetime | None:
    """From when on an account that was created then needs a second factor. None: it does not.

    Accounts that existed before it was required have SECOND_FACTOR_GRACE_DAYS.
    """
    settings = get_settings()
    if not settings.require_second_factor:
        return None
    began = since(db)
    if created_at >= began:
        return created_at
    return began + timedelta(days=settings.second_factor_grace_days)


def is_due(db: Session, created_at: datetime) -> bool:
    due = due_at(db, created_at)
    return due is not None and due <= now()


def ends_session(db: Session, claims: Claims, known: SecondFactors) -> bool:
    """End a session that goes on without a second factor after that is due. Says whether it did."""
    if not get_settings().require_second_factor or required(db, claims.user_id, known):
        return False
    created_at = db.exec(select(User.created_at).where(User.id == claims.user_id)).one()
    if not is_due(db, created_at):
        return False
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    end(db, col(UserSession.id) == claims.session_id, by=EndedBy.NO_SECOND_FACTOR, **whose)
    return True
