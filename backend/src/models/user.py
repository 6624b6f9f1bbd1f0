"""A person's account."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class User(SQLModel, table=True):
    """`email` is as the person wrote it, in NFC; `email_key` is its folded form, and unique."""

    __tablename__ = "user"

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    email: str = Field(sa_type=Text)
    email_key: str = Field(sa_type=Text, unique=True)
    password_hash: str | None = Field(default=None, sa_type=Text, repr=False)
    """Empty: the account has no password."""
    name: str | None = Field(default=None, sa_type=Text)
    email_verified_at: datetime | None = None
    disabled_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
