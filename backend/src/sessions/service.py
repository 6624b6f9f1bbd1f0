"""A person's sessions: begun by a sign-in, kept alive by refreshing, ended by whoever may.

A session counts only while its row lives, its account is not disabled, and the account's password
is the one that it began with; every question about a session asks all of that in one statement.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from src.clock import now
from src.database.database import in_transaction
from src.errors import NotFound
from src.keys.keyring import keyring
from src.keys.signing_keys import SigningKey
from src.models import User, UserSession
from src.sealing import fingerprint
from src.sessions import access_tokens, refresh_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import RefreshTokenReused, SessionRevoked
from src.sessions.refresh_tokens import Presented
from src.sessions.schemas import SessionEntry, Tokens
from src.settings import get_settings
from src.web import Client

log = logging.getLogger("postern.sessions")


class EndedBy(StrEnum):
    SIGN_OUT = "sign_out"
    OTHER_DEVICE = "other_device"
    PASSWORD_CHANGE = "password_change"  # noqa: S105  a reason, no password
    TOKEN_REUSE = "refresh_token_reused"  # noqa: S105  likewise
    TOO_MANY = "too_many_sessions"


@dataclass(frozen=True)
class Grant:
    """What tokens may be made for: a session at one generation."""

    claims: Claims
    began_at: datetime


def tokens_for(grant: Grant, key: SigningKey) -> Tokens:
    settings, claims = get_settings(), grant.claims
    ttl = timedelta(seconds=settings.access_token_ttl)
    presentable = Presented(claims.session_id, grant.began_at, claims.generation)
    return Tokens(
        access_token=access_tokens.issue(key, claims, issuer=settings.api_url, at=now(), ttl=ttl),
        expires_in=settings.access_token_ttl,
        refresh_token=refresh_tokens.derive(settings.secret_keys[0], presentable),
    )


def start(db: Session, *, user_id: int, password_hash: str, method: str, client: Client) -> Grant:
    """A new session; past the limit the person's oldest end.

    The caller holds the lock of the user's row, so that sign-ins side by side are counted too.
    """
    at, settings = now(), get_settings()
    session = UserSession(
        user_id=user_id,
        method=method,
        password_fingerprint=fingerprint(password_hash),
        ip=client.ip,
        user_agent=client.user_agent,
        created_at=at,
        rotated_at=at,
        last_used_at=at,
        expires_at=at + timedelta(seconds=settings.session_max_ttl),
        idle_expires_at=at
        + timedelta(seconds=min(settings.session_idle_ttl, settings.session_max_ttl)),
    )
    db.add(session)
    db.flush()  # gives the id
    newest = select(UserSession.id).where(*_open(user_id)).order_by(col(UserSession.id).desc())
    _end(
        db,
        col(UserSession.id).in_(newest.offset(settings.sessions_per_user)),
        by=EndedBy.TOO_MANY,
    )
    return Grant(Claims(user_id, session.id, session.generation), session.created_at)


def live(claims: Claims, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What must hold, of a session joined with its user, for an access token to count."""
    return (
        col(UserSession.id) == claims.session_id,
        col(UserSession.user_id) == claims.user_id,
        *_counts(at),
    )


def require(db: Session, claims: Claims) -> None:
    """Raise `SessionRevoked` unless the session counts."""
    generation = db.exec(select(UserSession.seen_generation).where(*live(claims, now()))).first()
    if generation is None:
        raise SessionRevoked
    note_use(db, claims, seen_generation=generation)


def note_use(db: Session, claims: Claims, *, seen_generation: int) -> None:
    """The tokens of this generation have arrived: written once for each generation."""
    if claims.generation <= seen_generation:
        return
    at = now()
    db.exec(
        update(UserSession)
        .where(
            col(UserSession.id) == claims.session_id,
            col(UserSession.seen_generation) < claims.generation,
        )
        .values(seen_generation=claims.generation, last_used_at=at, idle_expires_at=_idle_until(at))
        .execution_options(synchronize_session=False)
    )


async def refresh(token: SecretStr) -> Tokens:
    """The next tokens for the current refresh token, or what `rotate` makes of an older one."""
    presented = refresh_tokens.read(get_settings().secret_keys, token.get_secret_value())
    key = await keyring.signing_key()
    return tokens_for(await in_transaction(rotate, presented), key)


def rotate(db: Session, presented: Presented) -> Grant:
    """Count the session's generation one up; of several at once the database lets one do it.

    The token just before the current one gives the current one again, while that is younger than
    REFRESH_GRACE or was never seen in use. An older one ends the session: `RefreshTokenReused`.
    """
    while (grant := _next(db, presented)) is None:
        # Nobody changes the session from here on; what the next statement sees is how it stays.
        lock = select(UserSession.id).where(col(UserSession.id) == presented.session_id)
        db.exec(lock.with_for_update())
        current = _look(db, presented)
        if current is None:
            raise SessionRevoked
        if current.generation > presented.generation:
            return _again(db, presented, current)
        # It was changed while the first statement waited for it, but not by a rotation.
    return grant


def _next(db: Session, presented: Presented) -> Grant | None:
    """Rotate, if the token is the current one; one statement, which the database decides.

    A generation ahead of the row means that the database has forgotten a rotation, in a restore or
    a failover: the token proves it.
    """
    at, generation = now(), presented.generation
    rotated = db.exec(
        update(UserSession)
        .where(
            *_named(presented),
            *_counts(at),
            col(UserSession.generation) <= generation,
        )
        .values(
            generation=generation + 1,
            seen_generation=func.greatest(UserSession.seen_generation, generation),
            rotated_at=at,
            last_used_at=at,
            idle_expires_at=_idle_until(at),
        )
        .returning(col(UserSession.user_id))
        .execution_options(synchronize_session=False)
    ).first()
    if rotated is None:
        return None
    return Grant(Claims(rotated.user_id, presented.session_id, generation + 1), presented.began_at)


@dataclass(frozen=True)
class _Current:
    user_id: int
    generation: int
    seen_generation: int
    rotated_at: datetime


def _look(db: Session, presented: Presented) -> _Current | None:
    row = db.exec(
        select(
            UserSession.user_id,
            UserSession.generation,
            UserSession.seen_generation,
            UserSession.rotated_at,
        ).where(*_named(presented), *_counts(now()))
    ).first()
    return _Current(*row) if row else None


def _again(db: Session, presented: Presented, current: _Current) -> Grant:
    grace = timedelta(seconds=get_settings().refresh_grace)
    just_before = current.generation == presented.generation + 1
    unseen = current.seen_generation < current.generation
    if just_before and (unseen or now() < current.rotated_at + grace):
        claims = Claims(current.user_id, presented.session_id, current.generation)
        return Grant(claims, presented.began_at)
    _end(db, col(UserSession.id) == presented.session_id, by=EndedBy.TOKEN_REUSE)
    raise RefreshTokenReused(
        log={
            "session": presented.session_id,
            "user": current.user_id,
            "presented": presented.generation,
            "current": current.generation,
        }
    )


def listed(db: Session, claims: Claims) -> list[SessionEntry]:
    """The person's sessions, the last used first."""
    require(db, claims)
    own = select(UserSession).where(col(UserSession.user_id) == claims.user_id, *_counts(now()))
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
    _end(db, col(UserSession.id) == claims.session_id, by=EndedBy.SIGN_OUT)


def end_one(db: Session, claims: Claims, session_id: int) -> None:
    """End one of the person's own sessions; raise `NotFound` for any other id."""
    require(db, claims)
    by = EndedBy.SIGN_OUT if session_id == claims.session_id else EndedBy.OTHER_DEVICE
    if not _end(db, *_open(claims.user_id), col(UserSession.id) == session_id, by=by):
        raise NotFound


def end_others(db: Session, claims: Claims, *, by: EndedBy = EndedBy.OTHER_DEVICE) -> None:
    """End all of the person's sessions but this one."""
    require(db, claims)
    _end(db, *_open(claims.user_id), col(UserSession.id) != claims.session_id, by=by)


def follow_password(db: Session, user_id: int, *, old_hash: str, new_hash: str) -> None:
    """Keep the sessions that began with a password whose hash was replaced."""
    db.exec(
        update(UserSession)
        .where(*_open(user_id), col(UserSession.password_fingerprint) == fingerprint(old_hash))
        .values(password_fingerprint=fingerprint(new_hash))
        .execution_options(synchronize_session=False)
    )


def _end(db: Session, *which: ColumnElement[bool], by: EndedBy) -> int:
    """End these sessions; gives how many. The rows stay for a while, as the record of it."""
    at = now()
    ended = db.exec(
        update(UserSession)
        .where(*which)
        .values(ended_at=at, ended_by=by, idle_expires_at=at)
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount


def _open(user_id: int) -> tuple[ColumnElement[bool], ...]:
    """The person's sessions that have not ended."""
    return col(UserSession.user_id) == user_id, *_unended(now())


def _unended(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(UserSession.ended_at).is_(None), col(UserSession.idle_expires_at) > at


def _counts(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What must hold of a session and of its user, whoever asks; joins the two."""
    password = func.sha256(func.convert_to(User.password_hash, "UTF8"))
    return (
        *_unended(at),
        col(User.id) == col(UserSession.user_id),
        col(User.disabled_at).is_(None),
        col(UserSession.password_fingerprint) == password,
    )


def _named(presented: Presented) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UserSession.id) == presented.session_id,
        col(UserSession.created_at) == presented.began_at,
    )


def _idle_until(at: datetime) -> ColumnElement[datetime]:
    idle = timedelta(seconds=get_settings().session_idle_ttl)
    return func.least(at + idle, UserSession.expires_at)
