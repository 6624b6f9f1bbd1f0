"""Passkeys of accounts, and the challenges that were used."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class Passkey(SQLModel, table=True):
    """A public key that its person's device or password manager signs with (WebAuthn)."""

    __tablename__ = "passkey"

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")], index=True
    )
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    """As the authenticator chose it. One credential belongs to one account."""
    public_key: bytes = Field(sa_type=LargeBinary)
    """In the form of COSE (RFC 9052)."""
    user_handle: bytes = Field(sa_type=LargeBinary)
    """What the authenticator keeps as the id of the account: random, or a keyed digest of it."""
    name: str = Field(sa_type=Text)
    aaguid: str = Field(sa_type=Text)
    """The model of the authenticator, as it says itself."""
    transports: str = Field(default="", sa_type=Text)
    """How browsers reach it, as they say themselves: words with spaces between."""
    sign_count: int = Field(default=0, sa_type=BigInteger)
    """How often it has signed, as it says itself. Many always say 0."""
    can_verify: bool = False
    """Whether it checked its person (a PIN, a finger) when it was added, or after a password."""
    backup_eligible: bool = False
    """Whether it may be copied to other devices of its person."""
    backed_up: bool = False
    created_at: datetime = Field(default_factory=now)
    last_used_at: datetime | None = None


class UsedChallenge(SQLModel, table=True):
    """A challenge that a passkey has answered. It counts once, until it has expired."""

    __tablename__ = "used_challenge"

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    """SHA-256 of the challenge."""
    expires_at: datetime = Field(index=True)
