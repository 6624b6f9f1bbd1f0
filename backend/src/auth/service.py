"""Signing up, signing in and changing the password: short transactions around one slow hash."""

from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from src.auth import hash_gate
from src.auth.auth_handler import needs_rehash, normalize
from src.auth.common_passwords import is_common
from src.auth.errors import AccountDisabled, EmailTaken, InvalidCredentials, PasswordTooCommon
from src.auth.schemas import SignedUp
from src.clock import now
from src.database.database import in_transaction
from src.database.faults import constraint_of
from src.errors import FieldError, Overloaded, ValidationFailed
from src.keys.keyring import keyring
from src.models import User
from src.sessions import service as sessions
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.housekeeping import housekeeping
from src.sessions.liveness import live, require
from src.sessions.schemas import Tokens
from src.sessions.service import EndedBy
from src.sessions.tokens import Grant, tokens_for
from src.settings import get_settings
from src.web import Client

ONE_ACCOUNT = "uq_user_email_key"
PROVE_AGAIN = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}
"""RFC 9470, section 3: the token is good, but it is not enough for this."""


@dataclass(frozen=True)
class Credentials:
    user_id: int
    password_hash: str = field(repr=False)


def email_key(email: str) -> str:
    """What makes two spellings one account: full case folding (Unicode 3.13, D144)."""
    return email.casefold()


async def signup(*, email: str, password: SecretStr, name: str | None) -> SignedUp:
    """Create an account; raise `EmailTaken` before the slow hash where that is known already."""
    secret = password.get_secret_value()
    if is_common(secret):
        raise PasswordTooCommon("password")
    await in_transaction(refuse_taken, email)
    password_hash = await hash_gate.hash_password(secret)
    return await in_transaction(create_user, email=email, password_hash=password_hash, name=name)


def refuse_taken(db: Session, email: str) -> None:
    if find_credentials(db, email) is not None:
        raise EmailTaken


def create_user(db: Session, *, email: str, password_hash: str, name: str | None) -> SignedUp:
    """Insert the account; of several at once the unique constraint lets one through."""
    user = User(email=email, email_key=email_key(email), password_hash=password_hash, name=name)
    db.add(user)
    try:
        db.flush()  # the constraint speaks here, and the id is known
    except IntegrityError as error:
        # Another constraint means another fault, which must not be told as a taken address.
        if constraint_of(error) == ONE_ACCOUNT:
            raise EmailTaken from None
        raise
    return SignedUp(id=user.id, email=user.email)


async def signin(*, email: str, password: SecretStr, client: Client) -> Tokens:
    """A new session for the right password; the same refusal and work for all else."""
    secret = password.get_secret_value()
    key = await keyring.signing_key()
    while True:
        credentials = await in_transaction(find_credentials, email)
        known_hash = credentials.password_hash if credentials else None
        matches = await hash_gate.verify(secret, known_hash)
        if credentials is None or not matches:
            raise InvalidCredentials
        replacement = await _replacement(secret, credentials)
        grant = await in_transaction(start_session, credentials, replacement, client)
        if grant is not None:  # else the hash was replaced while it was verified: it is asked again
            break
    housekeeping.begin_if_due()
    return tokens_for(grant, key)


async def _replacement(secret: str, credentials: Credentials) -> str | None:
    """A hash of the current form and cost, where the stored one is not; best effort."""
    if needs_rehash(credentials.password_hash, get_settings().bcrypt_rounds):
        with suppress(Overloaded):  # the next sign-in tries again
            return await hash_gate.hash_password(secret)
    return None


def find_credentials(db: Session, email: str) -> Credentials | None:
    query = select(User.id, User.password_hash).where(User.email_key == email_key(email))
    row = db.exec(query).first()
    return Credentials(*row) if row else None


def start_session(
    db: Session, credentials: Credentials, replacement: str | None, client: Client
) -> Grant | None:
    """A session for who has shown the password, and the better hash of it, if there is one.

    None where the stored hash is no longer the one that was verified; raise `AccountDisabled`.
    """
    user = lock_verified(db, credentials)
    if user is None:
        return None
    if user.disabled_at is not None:
        raise AccountDisabled
    if replacement is not None:
        user.password_hash = replacement
        sessions.follow_password(
            db, user.id, old_hash=credentials.password_hash, new_hash=replacement
        )
    return sessions.start(
        db,
        user_id=user.id,
        password_hash=user.password_hash,
        method="password",
        client=client,
    )


async def change_password(claims: Claims, *, current: SecretStr, new: SecretStr) -> None:
    """Replace the password and end all other sessions; this one lives on."""
    old_secret, new_secret = current.get_secret_value(), new.get_secret_value()
    if is_common(new_secret):
        raise PasswordTooCommon("new_password")
    if normalize(new_secret) == normalize(old_secret):
        sentence = "This is the current password. Choose another one."
        raise ValidationFailed(errors=(FieldError("new_password", "password_unchanged", sentence),))
    credentials = await prove_password(claims, old_secret)
    password_hash = await hash_gate.hash_password(new_secret)
    while not await in_transaction(replace_password, claims, credentials, password_hash):
        credentials = await prove_password(claims, old_secret)


async def prove_password(claims: Claims, secret: str) -> Credentials:
    """The bearer's credentials, after they have shown the password again; `InvalidCredentials`."""
    credentials = await in_transaction(require_credentials, claims)
    if not await hash_gate.verify(secret, credentials.password_hash):
        raise InvalidCredentials("The password is not right.", headers=PROVE_AGAIN)
    return credentials


def require_credentials(db: Session, claims: Claims) -> Credentials:
    """The bearer's own, if their session counts; raise `SessionRevoked`."""
    query = select(User.id, User.password_hash).where(*live(claims, now()))
    row = db.exec(query).first()
    if row is None:
        raise SessionRevoked
    return Credentials(*row)


def replace_password(
    db: Session, claims: Claims, credentials: Credentials, password_hash: str
) -> bool:
    """False where the stored hash is no longer the one that was verified."""
    user = lock_verified(db, credentials)
    if user is None:
        require(db, claims)  # another password has ended the session, if it was set elsewhere
        return False
    sessions.end_others(db, claims, by=EndedBy.PASSWORD_CHANGE)
    user.password_hash, user.updated_at = password_hash, now()
    db.flush()  # from here on, sessions count only with the new one
    sessions.follow_password(
        db, user.id, old_hash=credentials.password_hash, new_hash=password_hash
    )
    return True


def lock_verified(db: Session, credentials: Credentials) -> User | None:
    """The account, if its hash is still the one that was verified.

    Locked, so that of sign-ins and changes of a person one follows the other: `lock_account`.
    """
    verified = select(User).where(
        col(User.id) == credentials.user_id,
        col(User.password_hash) == credentials.password_hash,
    )
    return db.exec(verified.with_for_update(key_share=True)).first()
