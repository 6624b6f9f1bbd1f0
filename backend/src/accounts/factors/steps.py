"""Steps that enrol and remove second factors, inside a transaction.

Each of them needs a fresh session. For an account with a second factor, that means a recent proof
with one. The first factor can also be added while signing in, where one is required.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from src.accounts.errors import TotpNotStarted
from src.accounts.factors import changes
from src.accounts.factors.enrolling import AtSignin, Enrolling, InSession, attempted, finished, lock
from src.accounts.factors.schemas import Factors, Passkey
from src.accounts.resets import steps as resets
from src.audit import events
from src.audit.events import Event
from src.auth import open_attempts
from src.auth.attempt import Attempt, Proof
from src.auth.changes import credentials_changed
from src.auth.errors import PROVE_AGAIN
from src.auth.factors import passkey, recovery_code, totp
from src.kit.clock import is_within, now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import AuthenticatorApp, User
from src.sessions import requirement
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors, of_account, required
from src.users.credentials import require_user
from src.verification.errors import CodeInvalid
from src.web.errors import NotFound

ENROL_WITHIN = timedelta(hours=1)
"""How long a new secret waits for its first right code."""


@dataclass(frozen=True)
class Begun:
    email: str
    secret: str = field(repr=False)


def listed(db: Session, claims: Claims, known: SecondFactors) -> Factors:
    user = require_user(db, claims)
    user_id = user.id
    lacks_factor = not required(db, user_id, known)
    names = {one.name for one in of_account(db, user_id, known)}
    return Factors(
        password=user.password_hash is not None,
        totp=totp.NAME in names,
        recovery_codes_left=recovery_code.count_left(db, user_id),
        passkeys=[Passkey.of(row) for row in passkey.of_account(db, user_id)],
        reset_due_at=resets.due_at(db, user_id),
        required_from=requirement.due_at(db, user.created_at) if lacks_factor else None,
    )


def begin_totp(db: Session, who: Enrolling) -> Begun:
    """A new secret, which does not count yet. It replaces one that was not confirmed."""
    user = lock(db, who)
    secret = totp.new_secret()
    pending = {"pending_secret": totp.sealed(user.id, secret), "pending_at": now()}
    begun = insert(AuthenticatorApp).values(user_id=user.id, last_step=0, **pending)
    db.execute(
        begun.on_conflict_do_update(index_elements=[col(AuthenticatorApp.user_id)], set_=pending)
    )
    return Begun(user.email, secret)


def confirm_totp(db: Session, who: InSession, code: str) -> None:
    """Let the new secret count, if the code is right. It replaces the app from before.

    The session has shown the code, so it is fresh for what needs a second factor. Raises
    `TotpNotStarted` or `CodeInvalid`.
    """
    user = lock(db, who)
    try:
        step = _step_of(_pending(db, user), code)
    except CodeInvalid:
        raise CodeInvalid(headers=PROVE_AGAIN) from None
    sessions.prove_second(db, who.claims, method=totp.METHOD)
    _switch_on(db, user, step, session_id=who.claims.session_id)


def prove_new_totp(db: Session, who: AtSignin, code: str, *, is_counted: bool) -> Attempt:
    """The attempt with the first code of the new app, which counts once it is completed.

    Counts the try first. Raises `AttemptInvalid`, `TotpNotStarted` or `CodeInvalid`.
    """
    row, user = attempted(db, who)
    open_attempts.count_try(db, row.id)
    app = _pending(db, user)
    added = Proof(
        totp.NAME,
        totp.METHOD,
        partial(_settle, app.pending_secret, _step_of(app, code)),
    )
    return finished(who, row, user, added, is_counted=is_counted)


def _settle(pending_secret: str | None, step: int, db: Session, user: User) -> None:
    if _pending(db, user).pending_secret != pending_secret:
        raise TotpNotStarted
    _switch_on(db, user, step, session_id=None)


def _pending(db: Session, user: User) -> AuthenticatorApp:
    """The app that waits for its first code. Raises `TotpNotStarted`."""
    app = db.get(AuthenticatorApp, user.id, populate_existing=True)
    if app is None or app.pending_secret is None or app.pending_at is None:
        raise TotpNotStarted
    if not is_within(app.pending_at, ENROL_WITHIN):
        raise TotpNotStarted
    return app


def _step_of(app: AuthenticatorApp, code: str) -> int:
    """Raises `CodeInvalid`."""
    secret = totp.opened(app.user_id, app.pending_secret)
    step = None if secret is None else totp.step_of(secret, code, now())
    if step is None:
        raise CodeInvalid
    return step


def _switch_on(db: Session, user: User, step: int, *, session_id: int | None) -> None:
    app = _pending(db, user)
    app.sealed_secret, app.confirmed_at, app.last_step = app.pending_secret, now(), step
    app.pending_secret = app.pending_at = None
    db.flush()  # what follows reads it
    changes.added(db, user, totp.NAME, session_id=session_id)


def remove_totp(db: Session, who: InSession) -> None:
    """Raises `NotFound` if there is none, and `LastSecondFactor` if one is required."""
    user = lock(db, who)
    app = db.get(AuthenticatorApp, user.id, populate_existing=True)
    if app is None:
        raise NotFound
    was_on = app.confirmed_at is not None
    db.delete(app)
    db.flush()  # what follows reads it
    if was_on:
        session_id = who.claims.session_id
        changes.removed(db, user, totp.NAME, who.known, session_id=session_id)


def make_recovery_codes(db: Session, who: InSession) -> list[str]:
    user = lock(db, who)
    codes = recovery_code.replace(db, user.id)
    credentials_changed(db, user.id)
    notify(db, Kind.RECOVERY_CODES_MADE, user)
    whose = {"user_id": user.id, "session_id": who.claims.session_id}
    events.record_on_commit(db, Event.RECOVERY_CODES_MADE, **whose)
    return codes
