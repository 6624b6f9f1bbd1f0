"""What was used of each limit, and how many wrong passwords came in a row."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class RateLimit(SQLModel, table=True):
    """A token bucket. A row whose moment has passed says the same as none, and is removed."""

    __tablename__ = "rate_limit"

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    """Of the policy and its subject, digested: no address of a person stands here."""
    full_at: datetime = Field(index=True)
    """When all of the burst is there again."""


class FailureStreak(SQLModel, table=True):
    """Wrong passwords in a row: counted before each is checked, forgotten when one is right."""

    __tablename__ = "failure_streak"

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: datetime = Field(default_factory=now, index=True)
