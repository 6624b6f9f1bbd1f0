"""Finds and locks an account's stored password hash."""

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sql
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import User
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import live
from src.users.addresses import address_key, former_key, same_domain

UNCLAIMED_FOR = timedelta(days=7)
"""In which the reader of the mails may take an account whose address a link alone has proved."""


@dataclass(frozen=True)
class Credentials:
    user_id: int
    email: str
    password_hash: str | None = field(repr=False)
    """None: the account has no password."""


class CredentialsChanged(Exception):  # noqa: N818  it names the fact
    """The stored hash is no longer the verified one, or the account was deleted."""


def find_credentials(db: Session, email: str) -> Credentials | None:
    """By the key of earlier releases if the domain is the same, else by the key of this one.

    In this order an account that shares its new key with another one is still found.
    """
    key, former = address_key(email), former_key(email)
    columns = (User.id, User.email, User.password_hash, User.email_key, User.address_key)
    named = (col(User.email_key) == former) | (col(User.address_key) == key)
    rows = db.execute(sql.select(*map(col, columns)).where(named)).all()
    for row in rows:
        if row.email_key == former and same_domain(row.email, email):
            return Credentials(row.id, row.email, row.password_hash)
    for row in rows:
        if row.address_key == key:
            return Credentials(row.id, row.email, row.password_hash)
    return None


def require_credentials(db: Session, claims: Claims) -> Credentials:
    """The credentials of the bearer. Raises `SessionRevoked` if their session has ended."""
    query = select(User.id, User.email, User.password_hash).where(*live(claims, now()))
    row = db.exec(query).first()
    if row is None:
        raise SessionRevoked
    return Credentials(*row)


def require_user(db: Session, claims: Claims) -> User:
    """The account of the bearer. Raises `SessionRevoked` if their session has ended."""
    user = db.exec(select(User).where(*live(claims, now()))).first()
    if user is None:
        raise SessionRevoked
    return user


def is_proved(user: User) -> bool:
    """Whether the account belongs to the reader of the mails to its address.

    A link alone proves that only after `UNCLAIMED_FOR`: until then its reader may take the account.
    """
    if user.email_verified_at is None:
        return False
    alone = user.verified_alone_at
    return alone is None or now() - alone > UNCLAIMED_FOR


def lock_verified(db: Session, credentials: Credentials) -> User:
    """The locked account. Raises `CredentialsChanged` unless its hash is still the verified one.

    The lock (`lock_account`) puts sign-ins and changes of one person in order.
    """
    verified = select(User).where(
        col(User.id) == credentials.user_id,
        col(User.password_hash).is_not_distinct_from(credentials.password_hash),
    )
    user = db.exec(verified.with_for_update(key_share=True)).first()
    if user is None:
        raise CredentialsChanged
    return user
