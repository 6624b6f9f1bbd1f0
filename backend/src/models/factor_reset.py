"""Resets of second factors that an operator has asked for."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now

PENDING = text("ended_at IS NULL")


class FactorReset(SQLModel, table=True):
    """Carried out when it is due, unless its person stops it. Ended rows stay as a record."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        Index("ix_factor_reset_pending", "user_id", unique=True, postgresql_where=PENDING),
    )

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")], index=True
    )
    reason: str = Field(sa_type=Text)
    """What the operator has written."""
    asked_at: datetime = Field(default_factory=now)
    due_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
    """`done`, or who stopped it: `mail`, `session` or `operator`."""
