"""Which sessions are valid, and when a session was last used.

A session is valid if its row has not ended, its account is not disabled and still has the same
password, and the database is still the instance that signed the token. Every query about a session
checks all of that in one statement.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, update
from sqlmodel import Session, col, select

from src.kit.clock import is_within, now
from src.models import Instance, User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.binding import binding_of_user
from src.sessions.errors import SessionRevoked
from src.settings import get_settings

Moment = datetime | BindParameter[datetime]

UNCONFIRMED_FOR = timedelta(seconds=60)
"""How long the use of new tokens may not yet count as proof of their receipt."""


proven = func.coalesce(UserSession.authenticated_at, UserSession.created_at)
"""When the person last proved who they are. Earlier releases recorded only the sign-in."""
this_instance = select(Instance.id).scalar_subquery()
"""The instance, read in each statement: after a fork a remembered one would be wrong."""


def open_of(user_id: int) -> tuple[ColumnElement[bool], ...]:
    """The person's sessions that have not ended."""
    return col(UserSession.user_id) == user_id, *unended(now())


def counts(at: Moment) -> tuple[ColumnElement[bool], ...]:
    """The conditions for a valid session. They join it with its user."""
    return (
        *unended(at),
        col(User.id) == col(UserSession.user_id),
        col(User.disabled_at).is_(None),
        col(UserSession.password_fingerprint) == binding_of_user(),
    )


def live(claims: Claims, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions for a valid access token, on a session joined with its user."""
    return (
        col(UserSession.id) == claims.session_id,
        col(UserSession.user_id) == claims.user_id,
        this_instance == claims.instance,
        *counts(at),
    )


def require(db: Session, claims: Claims) -> None:
    """Raise `SessionRevoked` unless the session is valid."""
    known = select(UserSession.seen_generation, UserSession.handed_out_at)
    row = db.exec(known.where(*live(claims, now()))).first()
    if row is None:
        raise SessionRevoked
    note_use(db, claims, *row)


def is_news(claims: Claims, seen_generation: int, handed_out_at: datetime) -> bool:
    """True if this use is the first proof that the tokens of its generation were received."""
    unconfirmed = claims.receipt_pending and is_within(handed_out_at, UNCONFIRMED_FOR)
    return not unconfirmed and claims.generation > seen_generation


def note_use(db: Session, claims: Claims, seen_generation: int, handed_out_at: datetime) -> None:
    """Record that the tokens of this generation were received: once for each generation."""
    if not is_news(claims, seen_generation, handed_out_at):
        return
    at = now()
    db.exec(
        update(UserSession)
        .where(
            col(UserSession.id) == claims.session_id,
            col(UserSession.ended_at).is_(None),
            col(UserSession.seen_generation) < claims.generation,
        )
        .values(seen_generation=claims.generation, last_used_at=at, idle_expires_at=idle_until(at))
        .execution_options(synchronize_session=False)
    )


def idle_until(at: datetime) -> ColumnElement[datetime]:
    idle = timedelta(seconds=get_settings().session_idle_ttl)
    return func.least(at + idle, UserSession.expires_at)


def unended(at: Moment) -> tuple[ColumnElement[bool], ...]:
    return col(UserSession.ended_at).is_(None), col(UserSession.idle_expires_at) > at


LIVE = (
    col(UserSession.id) == bindparam("session_id"),
    col(UserSession.user_id) == bindparam("user_id"),
    this_instance == bindparam("instance"),
    *counts(bindparam("at")),
)
"""The same conditions for a `Read`, with the values of `values_of`."""


def values_of(claims: Claims) -> dict[str, object]:
    return {
        "session_id": claims.session_id,
        "user_id": claims.user_id,
        "instance": str(claims.instance) if claims.instance else None,
        "at": now(),
    }
