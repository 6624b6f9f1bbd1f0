"""Signing up, signing in and changing the password: short transactions around one slow hash."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from starlette.requests import ClientDisconnect

from src.auth import devices, guessing, hash_gate
from src.auth.auth_handler import needs_rehash, normalize
from src.auth.common_passwords import is_common, is_near
from src.auth.errors import AccountDisabled, EmailTaken, InvalidCredentials, PasswordTooCommon
from src.auth.schemas import SignedUp
from src.client import Client
from src.clock import now
from src.database.database import in_transaction
from src.database.faults import constraint_of
from src.errors import FieldError, Overloaded, ValidationFailed
from src.keys.keyring import keyring
from src.models import User
from src.ratelimit import service as limits
from src.ratelimit.service import Budget
from src.sessions import service as sessions
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.housekeeping import housekeeping
from src.sessions.liveness import live, require
from src.sessions.schemas import Tokens
from src.sessions.service import EndedBy
from src.sessions.tokens import Grant, tokens_for
from src.settings import get_settings

ONE_ACCOUNT = "uq_user_email_key"
PROVE_AGAIN = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication"'}
"""RFC 9470, section 3: the token is good, but it is not enough for this."""


@dataclass(frozen=True)
class Credentials:
    user_id: int
    email: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    tokens: Tokens
    device_token: str = field(repr=False)


def email_key(email: str) -> str:
    """What makes two spellings one account: full case folding (Unicode 3.13, D144)."""
    return email.casefold()


async def signup(*, email: str, password: SecretStr, name: str | None, client: Client) -> SignedUp:
    """Create an account; raise `EmailTaken` before the slow hash where that is known already."""
    secret = password.get_secret_value()
    refuse_common(secret, email, field="password")
    async with _hashing(client, guessing.of_signup(client)):
        await in_transaction(refuse_taken, email)
        password_hash = await hash_gate.hash_password(secret, client)
    return await in_transaction(create_user, email=email, password_hash=password_hash, name=name)


def refuse_common(secret: str, email: str, *, field: str) -> None:
    if is_common(secret) or is_near(secret, email=email, service=get_settings().web_url):
        raise PasswordTooCommon(field)


@asynccontextmanager
async def _hashing(client: Client, *budgets: Budget) -> AsyncIterator[Budget | None]:
    """What ends in a hash: counted before anything else, and given back if no hash was begun.

    Who would find no room is refused before anything is asked of the database.
    """
    hash_gate.gate().refuse_if_full(client)
    budget = await limits.count(*budgets)
    try:
        yield budget
    except (Overloaded, ClientDisconnect):
        await limits.give_back(budget)
        raise


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


async def signin(
    *, email: str, password: SecretStr, client: Client, device_token: str | None
) -> SignedIn:
    """A new session for the right password; the same refusal and work for all else."""
    secret, account, settings = password.get_secret_value(), email_key(email), get_settings()
    device = devices.read(settings.secret_keys, device_token, now())
    budgets = [guessing.as_stranger(account, client)]
    if device is not None and devices.knows(settings.secret_keys, device, account):
        budgets.insert(0, guessing.on_known_device(account, device))
    key = await keyring.signing_key()
    async with _hashing(client, *budgets) as budget:
        while True:
            credentials = await in_transaction(find_credentials, email)
            known_hash = credentials.password_hash if credentials else None
            matches = await hash_gate.verify(secret, known_hash, client)
            if credentials is None or not matches:
                raise InvalidCredentials
            replacement = await _replacement(secret, credentials, client)
            spent = tuple(dict.fromkeys((budget, budgets[-1]))) if budget else ()
            grant = await in_transaction(start_session, credentials, replacement, client, spent)
            if grant is not None:  # else the hash was replaced while it was verified
                break
    housekeeping.begin_if_due()
    return SignedIn(
        tokens=tokens_for(grant, key),
        device_token=devices.token_for(settings.secret_keys[0], device, account, now()),
    )


async def _replacement(secret: str, credentials: Credentials, client: Client) -> str | None:
    """A hash of the current form and cost, where the stored one is not; best effort."""
    if needs_rehash(credentials.password_hash, get_settings().bcrypt_rounds):
        with suppress(Overloaded):  # the next sign-in tries again
            return await hash_gate.hash_password(secret, client)
    return None


def find_credentials(db: Session, email: str) -> Credentials | None:
    query = select(User.id, User.email, User.password_hash).where(
        User.email_key == email_key(email)
    )
    row = db.exec(query).first()
    return Credentials(*row) if row else None


def start_session(
    db: Session,
    credentials: Credentials,
    replacement: str | None,
    client: Client,
    budgets: tuple[Budget, ...],
) -> Grant | None:
    """A session for who has shown the password, and the better hash of it, if there is one.

    None where the stored hash is no longer the one that was verified; raise `AccountDisabled`.
    """
    user = lock_verified(db, credentials)
    if user is None:
        return None
    if user.disabled_at is not None:
        raise AccountDisabled
    limits.succeed(db, *budgets)
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


async def change_password(
    claims: Claims, *, current: SecretStr, new: SecretStr, client: Client
) -> None:
    """Replace the password and end all other sessions; this one lives on."""
    old_secret, new_secret = current.get_secret_value(), new.get_secret_value()
    if normalize(new_secret) == normalize(old_secret):
        sentence = "This is the current password. Choose another one."
        raise ValidationFailed(errors=(FieldError("new_password", "password_unchanged", sentence),))
    refuse_common(
        new_secret, (await in_transaction(require_credentials, claims)).email, field="new_password"
    )
    credentials = await prove_password(claims, old_secret, client)
    password_hash = await hash_gate.hash_password(new_secret, client)
    while not await in_transaction(replace_password, claims, credentials, password_hash):
        credentials = await prove_password(claims, old_secret, client)


async def prove_password(claims: Claims, secret: str, client: Client) -> Credentials:
    """The bearer's credentials, after they have shown the password again; `InvalidCredentials`."""
    async with _hashing(client, guessing.in_session(claims)) as budget:
        credentials = await in_transaction(require_credentials, claims)
        if not await hash_gate.verify(secret, credentials.password_hash, client):
            raise InvalidCredentials("The password is not right.", headers=PROVE_AGAIN)
    if budget is not None:
        await in_transaction(limits.succeed, budget)
    return credentials


def require_credentials(db: Session, claims: Claims) -> Credentials:
    """The bearer's own, if their session counts; raise `SessionRevoked`."""
    query = select(User.id, User.email, User.password_hash).where(*live(claims, now()))
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
