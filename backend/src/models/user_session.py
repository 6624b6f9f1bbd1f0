"""A person's sessions: one for each sign-in, until it ends."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class UserSession(SQLModel, table=True):
    """Lives while `idle_expires_at` is ahead and `ended_at` is empty.

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
    """SHA-256 of the password hash as it was, or a zero byte for none: another one ends it."""
    authenticated_at: datetime | None = None
    """When the person last proved who they are. Empty in sessions of earlier releases."""
    amr: str | None = Field(default=None, sa_type=Text)
    """How they did, by the names of RFC 8176 with spaces between; likewise empty."""
    ip: str | None = Field(default=None, sa_type=Text)
    user_agent: str | None = Field(default=None, sa_type=Text)
    generation: int = Field(default=1, sa_type=BigInteger)
    """Of the refresh token: each rotation counts one up."""
    seen_generation: int = Field(default=0, sa_type=BigInteger)
    """The newest generation that was seen in use, so that its tokens must have arrived."""
    created_at: datetime = Field(default_factory=now)
    handed_out_at: datetime = Field(default_factory=now)
    """When the tokens of this generation were given, or given again because they got lost."""
    handouts: int = Field(default=1, sa_type=SmallInteger)
    """How often that was."""
    last_used_at: datetime = Field(default_factory=now)
    idle_expires_at: datetime = Field(index=True)
    """Never after `expires_at`."""
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
