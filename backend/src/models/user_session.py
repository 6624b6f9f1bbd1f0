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
    """SHA-256 of the password hash at sign-in, or a zero byte. A new hash ends the session."""
    authenticated_at: datetime | None = None
    """When the person last proved who they are. Empty in sessions of earlier releases."""
    amr: str | None = Field(default=None, sa_type=Text)
    """The proofs: names of RFC 8176, separated by spaces. Empty in the same sessions."""
    ip: str | None = Field(default=None, sa_type=Text)
    user_agent: str | None = Field(default=None, sa_type=Text)
    generation: int = Field(default=1, sa_type=BigInteger)
    """The generation of the refresh token: each rotation adds one."""
    seen_generation: int = Field(default=0, sa_type=BigInteger)
    """The newest generation that was used, so its tokens were certainly received."""
    created_at: datetime = Field(default_factory=now)
    handed_out_at: datetime = Field(default_factory=now)
    """When the tokens of this generation were issued, or issued again after a lost answer."""
    handouts: int = Field(default=1, sa_type=SmallInteger)
    """How often the tokens of this generation were issued."""
    last_used_at: datetime = Field(default_factory=now)
    idle_expires_at: datetime = Field(index=True)
    """Never later than `expires_at`."""
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
