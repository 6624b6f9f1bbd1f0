"""Single-purpose tokens that go out by mail. Only their digests are stored."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class MailedToken(SQLModel, table=True):
    """Valid once, for one purpose, account and address. Used ones stay until they expire."""

    __tablename__ = "mailed_token"
    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int | None = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")],
        index=True,
    )
    """Empty: the address has no account yet, and gets one when a magic link is used."""
    purpose: str = Field(sa_type=Text)
    digest: bytes = Field(sa_type=LargeBinary, unique=True, repr=False)
    """SHA-256 of the token."""
    address: str = Field(sa_type=Text)
    """The address that the token is about."""
    address_key: str = Field(sa_type=Text, index=True)
    """Its key, as in `user`."""
    is_proved: bool = False
    """Whether the account had proved this address. Then nobody else gets it meanwhile."""
    verified_alone_at: datetime | None = None
    """That of the account, if its address counted as proved by a link alone at the time."""
    password_fingerprint: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    """That of the password at the time. Empty: another password does not end this token."""
    attempt_digest: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True, repr=False)
    """SHA-256 of the attempt that the asking browser keeps. Only for magic links."""
    code_digest: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    """A keyed digest of the code in the mail. Only for magic links."""
    tries: int = Field(default=0, sa_type=SmallInteger)
    """Wrong codes."""
    lifetime: int = Field(sa_type=Integer)
    """Seconds, counted from the last attempt to send the mail."""
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None
    replaced_at: datetime | None = None
    """When a newer token, or a change of the account, took its place."""
