"""Steps that start, list and end a person's sessions, inside a transaction."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.kit.clock import now
from src.models import User, UserSession
from src.sessions import trusted_devices
from src.sessions.access_tokens import Claims
from src.sessions.assurance import TWO_FACTORS, Shown, in_addition, level_of
from src.sessions.binding import binding
from src.sessions.errors import SessionRevoked
from src.sessions.freshness import claims_of, require_fresh
from src.sessions.liveness import counts, open_of, proven, require, this_instance, unended
from src.sessions.schemas import SessionEntry
from src.sessions.second_factors import SecondFactors, needs_one, required
from src.sessions.tokens import Grant, amr_of
from src.settings import get_settings
from src.web.errors import NotFound
from src.web.visitor import Visitor

METHODS = {"pwd": "password", "otp": "magic_link", "hwk": "passkey", "swk": "passkey"}
"""The name of the first proof in earlier releases."""


class EndedBy(StrEnum):
    SIGN_OUT = "sign_out"
    OTHER_DEVICE = "other_device"
    PASSWORD_CHANGE = "password_change"  # noqa: S105  a reason, no password
    PASSWORD_RESET = "password_reset"  # noqa: S105  likewise
    EMAIL_CHANGE = "email_change"
    EMAIL_UNDONE = "email_change_undone"
    ADDRESS_PROVED = "address_proved"
    TOKEN_REUSE = "refresh_token_reused"  # noqa: S105  likewise
    TOO_MANY = "too_many_sessions"
    OPERATOR = "operator"
    FORK = "database_forked"
    FACTOR_RESET = "factor_reset"
    NO_SECOND_FACTOR = "second_factor_required"


def start(  # noqa: PLR0913  whose session, and what it begins with
    db: Session,
    *,
    user_id: int,
    password_hash: str | None,
    shown: Shown,
    visitor: Visitor,
    known: SecondFactors,
) -> Grant:
    """Start a session. If the person has too many, the oldest end.

    The caller holds the lock of the user's row, so that parallel sign-ins are counted too.
    """
    at, settings = now(), get_settings()
    session = UserSession(
        user_id=user_id,
        method=METHODS.get(shown.amr[0], shown.amr[0]),
        password_fingerprint=binding(password_hash),
        authenticated_at=shown.at,
        amr=" ".join(shown.amr),
        ip=visitor.address,
        user_agent=visitor.user_agent,
        created_at=at,
        handed_out_at=at,
        last_used_at=at,
        expires_at=at + timedelta(seconds=settings.session_max_ttl),
        idle_expires_at=at
        + timedelta(seconds=min(settings.session_idle_ttl, settings.session_max_ttl)),
    )
    new = insert(UserSession).values(session.model_dump(exclude={"id"}))
    columns = col(UserSession.id), this_instance, needs_one(user_id, known)
    session_id, instance, needs_second = db.execute(new.returning(*columns)).one()
    newest = select(UserSession.id).where(*open_of(user_id)).order_by(col(UserSession.id).desc())
    end(
        db,
        col(UserSession.id).in_(newest.offset(settings.sessions_per_user)),
        by=EndedBy.TOO_MANY,
        user_id=user_id,
    )
    ids = user_id, session_id
    claims = claims_of(*ids, session.generation, shown, needs_second=needs_second)
    return Grant(claims, session.created_at, session.expires_at, instance)


def listed(db: Session, claims: Claims) -> list[SessionEntry]:
    """The person's sessions, the last used first."""
    require(db, claims)
    own = select(UserSession).where(col(UserSession.user_id) == claims.user_id, *counts(now()))
    return [
        SessionEntry(
            id=session.id,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.idle_expires_at,
            ip=session.ip,
            user_agent=session.user_agent,
            current=session.id == claims.session_id,
        )
        for session in db.exec(own.order_by(col(UserSession.last_used_at).desc()))
    ]


def sign_out(db: Session, claims: Claims) -> None:
    require(db, claims)
    mine = col(UserSession.id) == claims.session_id
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    end(db, mine, by=EndedBy.SIGN_OUT, **whose)


def end_one(db: Session, claims: Claims, session_id: int, known: SecondFactors) -> None:
    """End one of the person's sessions. Raises `NotFound` for any other id.

    Ending another session than this one needs a fresh session.
    """
    lock_account(db, claims.user_id)
    require(db, claims)
    by = EndedBy.SIGN_OUT
    if session_id != claims.session_id:
        require_fresh(db, claims, known)
        by = EndedBy.OTHER_DEVICE
    whose = {"user_id": claims.user_id, "session_id": session_id}
    if not end(db, *open_of(claims.user_id), col(UserSession.id) == session_id, by=by, **whose):
        raise NotFound


def end_others(db: Session, claims: Claims, known: SecondFactors) -> None:
    """End all sessions of the person except this one, and the trust in all devices.

    Needs a fresh session.
    """
    lock_account(db, claims.user_id)
    require(db, claims)
    require_fresh(db, claims, known)
    others = col(UserSession.id) != claims.session_id
    by = EndedBy.OTHER_DEVICE
    end(db, *open_of(claims.user_id), others, by=by, user_id=claims.user_id)
    trusted_devices.end_of(db, claims.user_id)


def end_weak(db: Session, user_id: int, *, but: int | None) -> None:
    """End the sessions of a person without a second factor, except this one.

    The caller holds the lock of the account.
    """
    mine = select(UserSession.id, UserSession.amr).where(*open_of(user_id))
    weak = [id_ for id_, amr in db.exec(mine) if level_of(amr_of(amr)) != TWO_FACTORS]
    which = col(UserSession.id).in_([id_ for id_ in weak if id_ != but])
    end(db, *open_of(user_id), which, by=EndedBy.NO_SECOND_FACTOR, user_id=user_id)


def end_of(db: Session, user_id: int, *, by: EndedBy) -> None:
    """End all sessions of a person. The caller holds the lock of the account."""
    end(db, *open_of(user_id), by=by, user_id=user_id)


def end_all(db: Session, *, by: EndedBy) -> int:
    """End the sessions of all people and the trust in all devices. Returns how many sessions."""
    trusted_devices.end_all(db)
    return end(db, *unended(now()), by=by)


def lock_account(db: Session, user_id: int) -> None:
    """Lock the account before writing several rows of a person, to prevent deadlocks."""
    account = select(User.id).where(col(User.id) == user_id)
    db.exec(account.with_for_update(key_share=True))


def follow_password(
    db: Session, user_id: int, *, old_hash: str | None, new_hash: str | None
) -> None:
    """Keep the sessions of a password that has got a new hash."""
    db.exec(
        update(UserSession)
        .where(*open_of(user_id), col(UserSession.password_fingerprint) == binding(old_hash))
        .values(password_fingerprint=binding(new_hash))
        .execution_options(synchronize_session=False)
    )


def shown_in(db: Session, claims: Claims) -> Shown:
    """The proofs of the session as they are stored now. Its token may be older.

    Raises `SessionRevoked`.
    """
    stored = select(UserSession.amr, proven).where(col(UserSession.id) == claims.session_id)
    row = db.exec(stored).first()
    if row is None:
        raise SessionRevoked
    return Shown(amr_of(row[0]), row[1])


def prove_again(db: Session, claims: Claims, *, method: str, known: SecondFactors) -> None:
    """Make the session fresh after a proof by its person. Raises `SessionRevoked`.

    If the account has a second factor and the session has shown one, that stays the last proof
    that counts: another proof of the first kind takes nothing from it, and renews nothing.
    """
    require(db, claims)
    session = db.get_one(UserSession, claims.session_id)
    amr = amr_of(session.amr)
    if level_of(amr) == TWO_FACTORS and required(db, claims.user_id, known):
        session.amr = " ".join(in_addition(amr, method))
        return
    # Only the proof of this moment counts: a password does not renew an earlier second factor.
    session.authenticated_at, session.amr = now(), method


def prove_second(db: Session, claims: Claims, *, method: str) -> None:
    """Make the session fresh after a proof by a second factor. Raises `SessionRevoked`.

    The session itself stands for the first factor, with which it began.
    """
    require(db, claims)
    session = db.get_one(UserSession, claims.session_id)
    session.authenticated_at = now()
    session.amr = " ".join(in_addition(amr_of(session.amr), *method.split()))


def end(
    db: Session,
    *which: ColumnElement[bool],
    by: EndedBy,
    user_id: int | None = None,
    session_id: int | None = None,
) -> int:
    """End these sessions, and return how many. The rows stay for a while as a record.

    The two ids are for the log: the user, and the session if there is only one.
    """
    at = now()
    ended = db.exec(
        update(UserSession)
        .where(*which)
        .values(ended_at=at, ended_by=by, idle_expires_at=at)
        .execution_options(synchronize_session=False)
    )
    if count := ended.rowcount:
        whose = {"user_id": user_id, "session_id": session_id}
        events.record_on_commit(db, Event.SESSIONS_ENDED, by=by.value, count=count, **whose)
    return ended.rowcount
