"""Steps of a sign-in and of a proof in a session, inside a transaction."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth import devices, guessing
from src.auth.attempt import Attempt, FactorRequired
from src.auth.errors import AccountDisabled, EmailNotVerified
from src.kit.clock import now
from src.kit.problem import FieldError
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import User, UserSession
from src.ratelimit import steps as limits
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.liveness import require_fresh
from src.sessions.tokens import Grant
from src.sessions.upkeep import KEEP as SESSIONS_STAY
from src.settings import get_settings
from src.users.credentials import Credentials, lock_verified, require_credentials
from src.web.errors import ValidationFailed
from src.web.visitor import Visitor


@dataclass(frozen=True)
class Completed:
    grant: Grant
    credentials: Credentials
    """The credentials after the proof, which may have stored a better hash."""


def complete(db: Session, attempt: Attempt) -> Completed | FactorRequired:
    """Start a session if the account needs no further factor.

    Raises `AccountDisabled`, or `CredentialsChanged` if the password is no longer the proved one.
    """
    if not attempt.proofs:
        raise ValueError("an attempt without a proof")
    user = lock_verified(db, attempt.credentials)
    if user.disabled_at is not None:
        raise AccountDisabled
    if missing := _missing(db, attempt):
        return FactorRequired(missing)
    proved = any(proof.proves_address for proof in attempt.proofs)
    if get_settings().require_verified_email and user.email_verified_at is None and not proved:
        raise EmailNotVerified
    limits.succeed(db, *attempt.budgets)
    known = _is_known(db, attempt, user)
    for proof in attempt.proofs:
        proof.settle(db, user)
    grant = sessions.start(
        db,
        user_id=user.id,
        password_hash=user.password_hash,
        amr=tuple(proof.method for proof in attempt.proofs),
        visitor=attempt.caller.visitor,
    )
    claims = grant.claims
    if not known:
        notify_of_device(db, user, attempt.caller.visitor)
    events.record_on_commit(
        db,
        Event.SIGNIN_SUCCEEDED,
        user_id=claims.user_id,
        session_id=claims.session_id,
        methods=" ".join(claims.amr),
    )
    return Completed(grant, Credentials(user.id, user.email, user.password_hash))


def _is_known(db: Session, attempt: Attempt, user: User) -> bool:
    """Whether the account was used on this device. The first sign-in of a new account is no news.

    An older account without a session was not used for long, and its sessions were removed.
    """
    names = guessing.names_of(user.email)
    if attempt.device and devices.knows(get_settings().secret_keys, attempt.device, *names):
        return True
    if now() - user.created_at > SESSIONS_STAY:
        return False
    earlier = select(UserSession.id).where(col(UserSession.user_id) == user.id).limit(1)
    return db.exec(earlier).first() is None


def notify_of_device(db: Session, user: User, visitor: Visitor) -> None:
    device, address = visitor.user_agent, visitor.address
    notify(db, Kind.NEW_DEVICE, user, device=device, network_address=address)


def _missing(db: Session, attempt: Attempt) -> tuple[str, ...]:
    """The enrolled factors, of which the account needs one. Empty if it needs none."""
    user_id = attempt.credentials.user_id
    enrolled = [one for one in attempt.caller.second_factors if one.is_enrolled(db, user_id)]
    shown = {proof.method for proof in attempt.proofs}
    if any(factor.method in shown for factor in enrolled):
        return ()
    return tuple(factor.name for factor in enrolled)


def require_fresh_session(db: Session, claims: Claims, *, field: str) -> Credentials:
    """The credentials of an account without a password, if its session is fresh.

    An account with a password needs it: raises `ValidationFailed` for the missing `field`.
    """
    credentials = require_credentials(db, claims)
    if credentials.password_hash is not None:
        error = FieldError(field, "missing", "This field is required.")
        raise ValidationFailed(errors=(error,))
    require_fresh(db, claims)
    return credentials


def refresh_proof(db: Session, claims: Claims, credentials: Credentials, *, method: str) -> None:
    """Make the session fresh. Raises `CredentialsChanged`."""
    lock_verified(db, credentials)
    sessions.prove_again(db, claims, method=method)
