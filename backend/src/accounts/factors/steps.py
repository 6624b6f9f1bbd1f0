"""Steps that enrol and remove second factors, inside a transaction.

Each of them needs a fresh session. For an account with a second factor, that means a recent proof
with one.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from src.accounts.errors import TotpNotStarted
from src.accounts.factors.schemas import Factors
from src.audit import events
from src.audit.events import Event
from src.auth.changes import credentials_changed
from src.auth.errors import PROVE_AGAIN
from src.auth.factors import recovery_code, totp
from src.kit.clock import is_within, now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import AuthenticatorApp, User
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.freshness import require_fresh
from src.sessions.liveness import require
from src.sessions.second_factors import SecondFactors, required
from src.users.credentials import require_credentials
from src.verification.errors import CodeInvalid
from src.web.errors import NotFound

ENROL_WITHIN = timedelta(hours=1)
"""How long a new secret waits for its first right code."""


@dataclass(frozen=True)
class Begun:
    email: str
    secret: str = field(repr=False)


def listed(db: Session, claims: Claims) -> Factors:
    credentials = require_credentials(db, claims)
    user_id = credentials.user_id
    return Factors(
        password=credentials.password_hash is not None,
        totp=totp.Totp().is_enrolled(db, user_id),
        recovery_codes_left=recovery_code.count_left(db, user_id),
        passkeys=[],
    )


def begin_totp(db: Session, claims: Claims, known: SecondFactors) -> Begun:
    """A new secret, which does not count yet. It replaces one that was not confirmed."""
    user = _lock_fresh(db, claims, known)
    secret = totp.new_secret()
    pending = {"pending_secret": totp.sealed(user.id, secret), "pending_at": now()}
    begun = insert(AuthenticatorApp).values(user_id=user.id, last_step=0, **pending)
    db.execute(
        begun.on_conflict_do_update(index_elements=[col(AuthenticatorApp.user_id)], set_=pending)
    )
    return Begun(user.email, secret)


def confirm_totp(db: Session, claims: Claims, code: str, known: SecondFactors) -> None:
    """Let the new secret count, if the code is right. It replaces the app from before.

    The session has shown the code, so it is fresh for what needs a second factor. Raises
    `TotpNotStarted` or `CodeInvalid`.
    """
    user = _lock_fresh(db, claims, known)
    app = db.get(AuthenticatorApp, user.id, populate_existing=True)
    if app is None or app.pending_secret is None or app.pending_at is None:
        raise TotpNotStarted
    if not is_within(app.pending_at, ENROL_WITHIN):
        raise TotpNotStarted
    at, secret = now(), totp.opened(user.id, app.pending_secret)
    step = None if secret is None else totp.step_of(secret, code, at)
    if step is None:
        raise CodeInvalid(headers=PROVE_AGAIN)
    app.sealed_secret, app.confirmed_at, app.last_step = app.pending_secret, at, step
    app.pending_secret = app.pending_at = None
    db.flush()  # what follows reads it
    credentials_changed(db, user.id)
    sessions.prove_second(db, claims, method=totp.METHOD)
    notify(db, Kind.FACTOR_ADDED, user, factor=totp.NAME)
    _record(db, Event.FACTOR_ADDED, claims)


def remove_totp(db: Session, claims: Claims, known: SecondFactors) -> None:
    """Remove the app and, without any other second factor, the recovery codes.

    Raises `NotFound` if there is none.
    """
    user = _lock_fresh(db, claims, known)
    app = db.get(AuthenticatorApp, user.id, populate_existing=True)
    if app is None:
        raise NotFound
    was_on = app.confirmed_at is not None
    db.delete(app)
    db.flush()  # what follows reads it
    if not was_on:
        return
    if not required(db, user.id, known):
        recovery_code.remove(db, user.id)
    credentials_changed(db, user.id)
    notify(db, Kind.FACTOR_REMOVED, user, factor=totp.NAME)
    _record(db, Event.FACTOR_REMOVED, claims)


def make_recovery_codes(db: Session, claims: Claims, known: SecondFactors) -> list[str]:
    user = _lock_fresh(db, claims, known)
    codes = recovery_code.replace(db, user.id)
    credentials_changed(db, user.id)
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    events.record_on_commit(db, Event.RECOVERY_CODES_MADE, **whose)
    return codes


def _lock_fresh(db: Session, claims: Claims, known: SecondFactors) -> User:
    """The locked account of a fresh session.

    Raises `SessionRevoked` or `ReauthenticationRequired`.
    """
    sessions.lock_account(db, claims.user_id)
    require(db, claims)
    require_fresh(db, claims, known)
    return db.exec(select(User).where(col(User.id) == claims.user_id)).one()


def _record(db: Session, event: Event, claims: Claims) -> None:
    whose = {"user_id": claims.user_id, "session_id": claims.session_id}
    events.record_on_commit(db, event, factor=totp.NAME, **whose)
