"""How much of each limit is used, and the wrong passwords in a row."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class RateLimit(SQLModel, table=True):
    """A token bucket. After `full_at` the row means the same as no row, and is removed."""

    __tablename__ = "rate_limit"

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    """A digest of the policy and its subject, so that no address is stored here."""
    full_at: datetime = Field(index=True)
    """When the whole burst is available again."""


class FailureStreak(SQLModel, table=True):
    """Wrong passwords in a row. Counted before each check, and reset by a right password."""

    __tablename__ = "failure_streak"

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: datetime = Field(default_factory=now, index=True)
