"""The second factors of accounts: authenticator apps and recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class AuthenticatorApp(SQLModel, table=True):
    """One app for each account. It counts from its first right code on (RFC 6238)."""

    __tablename__ = "authenticator_app"

    user_id: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")],
    )
    sealed_secret: str | None = Field(default=None, sa_type=Text, repr=False)
    """Sealed under a key derived from `SECRET_KEY`. Empty until the first right code."""
    last_step: int = Field(default=0, sa_type=BigInteger)
    """The newest time step whose code was used: it and older ones count no more."""
    confirmed_at: datetime | None = None
    """When `sealed_secret` began to count."""
    pending_secret: str | None = Field(default=None, sa_type=Text, repr=False)
    """Sealed likewise: an enrolment that no right code has confirmed yet."""
    pending_at: datetime | None = Field(default=None, index=True)


class RecoveryCode(SQLModel, table=True):
    """A code that replaces another second factor once. Used ones stay until there is a new set."""

    __tablename__ = "recovery_code"

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")], index=True
    )
    salt: bytes = Field(sa_type=LargeBinary, repr=False)
    """The same for all codes of a set."""
    digest: bytes = Field(sa_type=LargeBinary, repr=False)
    """PBKDF2-HMAC-SHA-256 of the code."""
    created_at: datetime = Field(default_factory=now)
    used_at: datetime | None = None
