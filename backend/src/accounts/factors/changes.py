"""What belongs to each change of an account's second factors, inside a transaction."""

from sqlmodel import Session

from src.accounts.errors import LastSecondFactor
from src.audit import events
from src.audit.events import Event
from src.auth.changes import credentials_changed
from src.auth.factors import recovery_code
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import User
from src.sessions import steps as sessions
from src.sessions.second_factors import SecondFactors, required
from src.settings import get_settings


def added(db: Session, user: User, factor: str, *, session_id: int | None) -> None:
    """After a factor was added. The caller holds the lock of the account.

    Where a second factor is required, no other session goes on without one.
    """
    credentials_changed(db, user.id)
    if get_settings().require_second_factor:
        sessions.end_weak(db, user.id, but=session_id)
    notify(db, Kind.FACTOR_ADDED, user, factor=factor)
    whose = {"user_id": user.id, "session_id": session_id}
    events.record_on_commit(db, Event.FACTOR_ADDED, factor=factor, **whose)


def removed(
    db: Session, user: User, factor: str, known: SecondFactors, *, session_id: int | None
) -> None:
    """After a factor was removed. Without any other one, the recovery codes go too.

    Raises `LastSecondFactor` where one is required. The caller holds the lock of the account.
    """
    if not required(db, user.id, known):
        if get_settings().require_second_factor:
            raise LastSecondFactor
        recovery_code.remove(db, user.id)
    credentials_changed(db, user.id)
    notify(db, Kind.FACTOR_REMOVED, user, factor=factor)
    whose = {"user_id": user.id, "session_id": session_id}
    events.record_on_commit(db, Event.FACTOR_REMOVED, factor=factor, **whose)
