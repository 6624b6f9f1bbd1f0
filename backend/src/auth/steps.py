"""Steps of a sign-in and of a proof in a session, inside a transaction."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth import devices, known_devices, open_attempts
from src.auth.attempt import Attempt, FactorRequired
from src.auth.changes import credentials_changed
from src.auth.devices import Device
from src.auth.errors import PROVE_AGAIN, AccountDisabled, EmailNotVerified
from src.auth.factors import passkey as passkeys
from src.auth.factors.codes import CodeFactor
from src.auth.passkeys import challenges, options
from src.auth.passkeys.fields import Assertion
from src.auth.passkeys.methods import needs_verification
from src.kit.clock import now
from src.kit.problem import FieldError
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import Passkey, User, UserSession
from src.ratelimit import steps as limits
from src.sessions import freshness, requirement, trusted_devices
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.assurance import Shown, together
from src.sessions.second_factors import SecondFactors, of_account, of_session, offers, required
from src.sessions.steps import EndedBy
from src.sessions.tokens import Grant
from src.sessions.upkeep import KEEP as SESSIONS_STAY
from src.settings import get_settings
from src.users.credentials import (
    Credentials,
    is_proved,
    lock_verified,
    require_credentials,
    require_user,
)
from src.verification import steps as verification
from src.verification.errors import CodeInvalid
from src.web.errors import NotFound, ValidationFailed
from src.web.visitor import Visitor


@dataclass(frozen=True)
class Completed:
    grant: Grant
    credentials: Credentials
    """The credentials after the proof, which may have stored a better hash."""
    device: Device | None = None
    """The device of the sign-in. None: it sent no token, and gets one."""


def complete(db: Session, attempt: Attempt) -> Completed | FactorRequired:
    """Start a session if the account needs no further factor. Otherwise keep the attempt open.

    Raises `AccountDisabled`, `EmailNotVerified`, what a proof raises when it is settled, or
    `CredentialsChanged` if the password is no longer the proved one.
    """
    if not attempt.proofs:
        raise ValueError("an attempt without a proof")
    user = lock_verified(db, attempt.credentials)
    if user.disabled_at is not None:
        raise AccountDisabled
    proved = any(proof.proves_address for proof in attempt.proofs)
    # If nobody had proved the address, its factors may be those of somebody else.
    missing = () if proved and not is_proved(user) else _missing(db, attempt)
    trusted = _trusted(db, attempt, user) if missing else None
    missing = missing if trusted is None else ()
    verified = user.email_verified_at is not None or proved
    if get_settings().require_verified_email and not verified and not missing:
        raise EmailNotVerified
    enrol = () if missing or trusted is not None else _to_enrol(db, attempt, user)
    known = _is_known(db, attempt, user)
    for proof in attempt.proofs:
        proof.settle(db, user)
    if proved and not missing:
        give_to_reader_of_mail(db, user, attempt.caller.second_factors)
    if missing or enrol:
        return _kept_open(db, attempt, user, missing, enrol)
    limits.succeed(db, *attempt.budgets)
    grant = sessions.start(
        db,
        user_id=user.id,
        password_hash=user.password_hash,
        shown=Shown(together(*_methods(attempt)), now()),
        visitor=attempt.caller.visitor,
        known=attempt.caller.second_factors,
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
        trusted_device=trusted,
    )
    device = attempt.device
    if attempt.trust_device:
        device = device or devices.new()
        trusted_devices.trust(db, user.id, device.number, attempt.caller.visitor)
    return Completed(grant, Credentials(user.id, user.email, user.password_hash), device)


def _kept_open(
    db: Session,
    attempt: Attempt,
    user: User,
    missing: tuple[str, ...],
    enrol: tuple[str, ...],
) -> FactorRequired:
    token, known = open_attempts.keep(db, attempt, user), attempt.caller.second_factors
    asked_by, beside = open_attempts.asked_by(token), _methods(attempt)
    offered = offers(db, user.id, known, asked_by=asked_by, beside=beside) if missing else {}
    return FactorRequired(missing, token, enrol, offered)


def _methods(attempt: Attempt) -> list[str]:
    return [method for proof in attempt.proofs for method in proof.method.split()]


def give_to_reader_of_mail(db: Session, user: User, known: SecondFactors) -> None:
    """If nobody had proved the address, the password, all factors and all sessions end.

    Somebody else may have opened the account with this address, and may know its password.
    """
    if is_proved(user):
        return
    sessions.end_of(db, user.id, by=EndedBy.ADDRESS_PROVED)
    verification.replace_all(db, user.id)
    credentials_changed(db, user.id)
    for factor in of_account(db, user.id, known):
        if not factor.is_substitute:
            notify(db, Kind.FACTOR_REMOVED, user, factor=factor.name)
        events.record_on_commit(db, Event.FACTOR_REMOVED, factor=factor.name, user_id=user.id)
    for factor in known:
        factor.remove(db, user.id)
    user.password_hash = None
    user.email_verified_at = user.updated_at = now()
    user.verified_alone_at = None
    events.record_on_commit(db, Event.EMAIL_VERIFIED, user_id=user.id)


def _is_known(db: Session, attempt: Attempt, user: User) -> bool:
    """Whether the account was used on this device. The first sign-in of a new account is no news.

    An older account without a session was not used for long, and its sessions were removed.
    """
    if attempt.device is not None and known_devices.was_used_by(user, attempt.device):
        return True
    if now() - user.created_at > SESSIONS_STAY:
        return False
    earlier = select(UserSession.id).where(col(UserSession.user_id) == user.id).limit(1)
    return db.exec(earlier).first() is None


def _trusted(db: Session, attempt: Attempt, user: User) -> int | None:
    """The id of the trusted device that takes the place of the second factor, if it is one.

    Only with the password that the account had at the last sign-in there.
    """
    device, names = attempt.device, known_devices.names_of(user.email)
    secrets, password_hash = get_settings().secret_keys, attempt.credentials.password_hash
    if device is None or not devices.has_seen(secrets, device, *names, password_hash=password_hash):
        return None
    return trusted_devices.use(db, user.id, device.number)


def notify_of_device(db: Session, user: User, visitor: Visitor) -> None:
    device, address = visitor.user_agent, visitor.address
    notify(db, Kind.NEW_DEVICE, user, device=device, network_address=address)


def _missing(db: Session, attempt: Attempt) -> tuple[str, ...]:
    """The second factors of the account, of which it needs one. Empty if it needs none."""
    factors = required(db, attempt.credentials.user_id, attempt.caller.second_factors)
    shown = {proof.factor for proof in attempt.proofs}
    return () if shown & set(factors) else factors


def _to_enrol(db: Session, attempt: Attempt, user: User) -> tuple[str, ...]:
    """The factors of which the account has to add one now. Empty if it needs none.

    The factors of an account whose address nobody had proved are about to be removed.
    """
    proved = any(proof.proves_address for proof in attempt.proofs)
    known = attempt.caller.second_factors
    names = tuple(factor.name for factor in known if not factor.is_substitute)
    if any(proof.factor in names for proof in attempt.proofs):
        return ()
    if not (proved and not is_proved(user)) and required(db, user.id, known):
        return ()
    if get_settings().relying_party is None:
        names = tuple(name for name in names if name != passkeys.NAME)
    return names if requirement.is_due(db, user.created_at) else ()


def require_second(db: Session, claims: Claims, known: SecondFactors) -> Credentials:
    """The credentials of the bearer.

    Raises `ReauthenticationRequired` if the account has a second factor without a recent proof.
    Raises `SessionRevoked`.
    """
    credentials = require_credentials(db, claims)
    freshness.require_second(db, claims, known)
    return credentials


def require_fresh_session(
    db: Session, claims: Claims, known: SecondFactors, *, field: str
) -> Credentials:
    """The credentials of an account without a password, if its session is fresh.

    An account with a password needs it: raises `ValidationFailed` for the missing `field`.
    """
    credentials = require_credentials(db, claims)
    if credentials.password_hash is not None:
        error = FieldError(field, "missing", "This field is required.")
        raise ValidationFailed(errors=(error,))
    freshness.require_fresh(db, claims, known)
    return credentials


def refresh_proof(
    db: Session, claims: Claims, credentials: Credentials, *, method: str, known: SecondFactors
) -> None:
    """Make the session fresh. Raises `CredentialsChanged`."""
    lock_verified(db, credentials)
    sessions.prove_again(db, claims, method=method, known=known)


def prove_code(
    db: Session, claims: Claims, factor: CodeFactor, code: str, known: SecondFactors
) -> None:
    """Make the session fresh with a code. Raises `CodeInvalid` or `SessionRevoked`."""
    sessions.lock_account(db, claims.user_id)
    user = require_user(db, claims)
    try:
        _use_code(db, user, factor, code, known)
    except CodeInvalid:
        raise CodeInvalid(headers=PROVE_AGAIN) from None
    sessions.prove_second(db, claims, method=factor.method)


def _use_code(db: Session, user: User, factor: CodeFactor, code: str, known: SecondFactors) -> None:
    if factor.name not in required(db, user.id, known):
        raise CodeInvalid
    factor.check(db, user.id, code)(db, user)


@dataclass(frozen=True)
class InSession:
    passkey: Passkey
    beside: tuple[str, ...]
    """The proofs of the session."""


def passkey_in_session(db: Session, claims: Claims, sent: Assertion) -> InSession:
    """The bearer's passkey that the answer names.

    Raises `PasskeyUnknown`, `PasskeyInvalid` or `SessionRevoked`.
    """
    user_id = require_credentials(db, claims).user_id
    found = passkeys.find_of(db, user_id, sent)
    return InSession(found, sessions.shown_in(db, claims).amr)


def offer_passkeys(db: Session, claims: Claims) -> dict[str, object]:
    """The options of the bearer's passkeys. Raises `NotFound` if there are none."""
    user_id = require_credentials(db, claims).user_id
    known = passkeys.of_account(db, user_id)
    if not known:
        raise NotFound
    challenge = challenges.new(of_session(claims.session_id))
    needed = needs_verification(sessions.shown_in(db, claims).amr)
    return options.to_use(challenge, known=known, verification=needed)


def prove_passkey(db: Session, claims: Claims, answer: passkeys.Answer) -> None:
    """Make the session fresh with a passkey.

    Raises `ChallengeInvalid`, `PasskeyInvalid` or `SessionRevoked`.
    """
    sessions.lock_account(db, claims.user_id)
    user = require_user(db, claims)
    answer.settle(db, user)
    sessions.prove_second(db, claims, method=" ".join(answer.methods))
