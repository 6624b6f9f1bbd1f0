"""An account's stored password hash: how it is found, and locked."""

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import User
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import live


@dataclass(frozen=True)
class Credentials:
    user_id: int
    email: str
    password_hash: str | None = field(repr=False)
    """None: the account has no password."""


class CredentialsChanged(Exception):  # noqa: N818  it names the fact
    """What was verified is no longer what is stored, or the account is gone."""


def email_key(email: str) -> str:
    """What makes two spellings one account: full case folding (Unicode 3.13, D144)."""
    return email.casefold()


def find_credentials(db: Session, email: str) -> Credentials | None:
    query = select(User.id, User.email, User.password_hash).where(
        User.email_key == email_key(email)
    )
    row = db.exec(query).first()
    return Credentials(*row) if row else None


def require_credentials(db: Session, claims: Claims) -> Credentials:
    """The bearer's own, if their session counts; raise `SessionRevoked`."""
    query = select(User.id, User.email, User.password_hash).where(*live(claims, now()))
    row = db.exec(query).first()
    if row is None:
        raise SessionRevoked
    return Credentials(*row)


def lock_verified(db: Session, credentials: Credentials) -> User:
    """The account; raise `CredentialsChanged` unless its hash is still the one that was verified.

    Locked, so that sign-ins and changes of one person follow each other: `lock_account`.
    """
    verified = select(User).where(
        col(User.id) == credentials.user_id,
        col(User.password_hash).is_not_distinct_from(credentials.password_hash),
    )
    user = db.exec(verified.with_for_update(key_share=True)).first()
    if user is None:
        raise CredentialsChanged
    return user
