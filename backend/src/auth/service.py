"""Signing up and signing in, in two short transactions around one slow hash."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from src.auth import hash_gate
from src.auth.auth_handler import needs_rehash
from src.auth.errors import EmailTaken, InvalidCredentials
from src.auth.schemas import SignedIn, SignedUp
from src.clock import now
from src.database.database import in_transaction
from src.database.faults import constraint_of
from src.errors import DatabaseUnavailable, Overloaded
from src.keys.service import signing_key
from src.models import User
from src.sessions import access_tokens
from src.settings import get_settings

ONE_ACCOUNT = "uq_user_email_key"


@dataclass(frozen=True)
class Credentials:
    user_id: int
    password_hash: str = field(repr=False)


def email_key(email: str) -> str:
    """What makes two spellings one account: full case folding (Unicode 3.13, D144)."""
    return email.casefold()


async def signup(*, email: str, password: SecretStr, name: str | None) -> SignedUp:
    """Create an account; raise `EmailTaken` before the slow hash where that is known already."""
    await in_transaction(refuse_taken, email)
    password_hash = await hash_gate.hash_password(password.get_secret_value())
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


async def signin(*, email: str, password: SecretStr) -> SignedIn:
    """An access token for the right password; the same refusal and work for all else."""
    secret = password.get_secret_value()
    credentials = await in_transaction(find_credentials, email)
    known_hash = credentials.password_hash if credentials else None
    matches = await hash_gate.verify(secret, known_hash)
    if credentials is None or not matches:
        raise InvalidCredentials
    if needs_rehash(credentials.password_hash, get_settings().bcrypt_rounds):
        with suppress(Overloaded, DatabaseUnavailable):  # the next sign-in tries again
            replacement = await hash_gate.hash_password(secret)
            await in_transaction(replace_hash, credentials, replacement)
    return _signed_in(credentials.user_id)


def find_credentials(db: Session, email: str) -> Credentials | None:
    query = select(User.id, User.password_hash).where(User.email_key == email_key(email))
    row = db.exec(query).first()
    return Credentials(*row) if row else None


def replace_hash(db: Session, old: Credentials, replacement: str) -> None:
    """Upgrade the hash, unless the password was changed meanwhile."""
    db.exec(
        update(User)
        .where(col(User.id) == old.user_id, col(User.password_hash) == old.password_hash)
        .values(password_hash=replacement)
    )


def _signed_in(user_id: int) -> SignedIn:
    settings = get_settings()
    ttl = timedelta(seconds=settings.access_token_ttl)
    token = access_tokens.issue(
        signing_key(), issuer=settings.api_url, user_id=user_id, at=now(), ttl=ttl
    )
    return SignedIn(access_token=token, expires_in=settings.access_token_ttl)
