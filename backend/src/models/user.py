"""A person's account."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class User(SQLModel, table=True):
    """`email` is as the person wrote it, in NFC; `address_key` is equal for all spellings of it."""

    __tablename__ = "user"

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    email: str = Field(sa_type=Text)
    email_key: str = Field(sa_type=Text, unique=True)
    """The key that earlier releases compare. This release uses it after `address_key`."""
    address_key: str | None = Field(default=None, sa_type=Text, index=True, unique=True)
    """Empty: upkeep has not made it yet, or another account has the same one."""
    password_hash: str | None = Field(default=None, sa_type=Text, repr=False)
    """Empty if the account has no password."""
    name: str | None = Field(default=None, sa_type=Text)
    email_verified_at: datetime | None = None
    verified_alone_at: datetime | None = None
    """When a link without a session proved the address of an account with a second factor.

    For a week the reader of its mails may take the account: docs/decisions/0051.
    """
    disabled_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
