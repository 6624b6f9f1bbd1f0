"""Attempts to sign in that have the right first proof, and wait for a second factor."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class SigninAttempt(SQLModel, table=True):
    """Valid until `expires_at`, unless `ended_at` is set. It is no session, and opens nothing."""

    __tablename__ = "signin_attempt"

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")], index=True
    )
    digest: bytes = Field(sa_type=LargeBinary, unique=True, repr=False)
    """SHA-256 of the attempt that the client keeps."""
    origin_digest: bytes = Field(sa_type=LargeBinary, repr=False)
    """SHA-256 of the client's network and of its device's number, if it sent a device token."""
    password_fingerprint: bytes = Field(sa_type=LargeBinary, repr=False)
    """That of the password at the first proof, as in `session`."""
    factor: str = Field(sa_type=Text)
    """The first proof: `password` or `magic_link`."""
    method: str = Field(sa_type=Text)
    """Its name in `amr`."""
    proves_address: bool = False
    """Whether the first proof needed the mail of the account's address."""
    tries: int = Field(default=0, sa_type=SmallInteger)
    """Codes that were tried, right or wrong."""
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(index=True)
    ended_at: datetime | None = None
    """When it became a session, or when a change of the account ended it."""
