"""Devices on which a person signs in without the second factor for a while."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class TrustedDevice(SQLModel, table=True):
    """One account on one device. It takes the place of the second factor, never of the password."""

    __tablename__ = "trusted_device"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")]
    )
    digest: bytes = Field(sa_type=LargeBinary, repr=False)
    """SHA-256 of the number in the device token."""
    ip: str | None = Field(default=None, sa_type=Text)
    user_agent: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(default_factory=now)
    """When the person last trusted it, with a second factor."""
    last_used_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(index=True)
