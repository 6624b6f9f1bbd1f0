"""A person's sessions: one for each sign-in, until it ends."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class UserSession(SQLModel, table=True):
    """Valid until `idle_expires_at`, unless `ended_at` is set.

    Ended rows stay for a while: they are the record of how a session ended.
    """

    __tablename__ = "session"
    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    user_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")], index=True
    )
    method: str = Field(sa_type=Text)
    """How the person proved who they are: `password`."""
    password_fingerprint: bytes = Field(sa_type=LargeBinary, repr=False)
    """SHA-256 of the password hash at sign-in, or a zero byte for none: another hash ends it."""
    authenticated_at: datetime | None = None
    """When the person last proved who they are. Empty in sessions of earlier releases."""
    amr: str | None = Field(default=None, sa_type=Text)
    """How they proved it: names of RFC 8176 with spaces between. Empty in the same sessions."""
    ip: str | None = Field(default=None, sa_type=Text)
    user_agent: str | None = Field(default=None, sa_type=Text)
    generation: int = Field(default=1, sa_type=BigInteger)
    """Of the refresh token: each rotation adds one."""
    seen_generation: int = Field(default=0, sa_type=BigInteger)
    """The newest generation that was seen in use: its tokens have surely arrived."""
    created_at: datetime = Field(default_factory=now)
    handed_out_at: datetime = Field(default_factory=now)
    """When the tokens of this generation were issued, or issued again because they got lost."""
    handouts: int = Field(default=1, sa_type=SmallInteger)
    """How often they were issued."""
    last_used_at: datetime = Field(default_factory=now)
    idle_expires_at: datetime = Field(index=True)
    """Never later than `expires_at`."""
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
