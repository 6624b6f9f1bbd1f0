"""What a database records about itself: its identity and its migrations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class Instance(SQLModel, table=True):
    """One row, written by the first migration: two endpoints that show one id are one database."""

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: bool = Field(default=True, primary_key=True)
    id: UUID
    created_at: datetime = Field(default_factory=now)
    system_identifier: str | None = Field(default=None, sa_type=Text)
    """This and the next two columns are its last known place. A copy is in another place."""
    database_oid: int | None = Field(default=None, sa_type=BigInteger)
    timeline: str | None = Field(default=None, sa_type=Text)
    forked_at: datetime | None = None
    """When a copy got its own instance. None for an original."""


class EndpointProbe(SQLModel, table=True):
    """A nonce that the doctor writes through one endpoint and reads through the other."""

    __tablename__ = "endpoint_probe"

    nonce: str = Field(primary_key=True, sa_type=Text)
    created_at: datetime = Field(default_factory=now)


class AppliedMigration(SQLModel, table=True):
    """When each migration was applied. It distinguishes a newer Postern from other applications."""

    __tablename__ = "applied_migration"

    revision: str = Field(primary_key=True, sa_type=Text)
    applied_at: datetime = Field(default_factory=now)
