"""The outbox: mails that are to be sent, and for a while those that were."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now

OPEN = text("sent_at IS NULL AND parked_at IS NULL")


class Mail(SQLModel, table=True):
    """Written in the transaction of the change that causes it, and sent after the commit."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_open", "due_at", postgresql_where=OPEN),
        Index("ix_mail_sent_at", "sent_at"),
    )

    id: int = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=False)]
    )
    message_id: str = Field(sa_type=Text, unique=True)
    """The left part of the Message-ID, so that two copies of one mail can be recognized."""
    kind: str = Field(sa_type=Text)
    """The name of its template."""
    user_id: int | None = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_args=[ForeignKey("user.id", ondelete="CASCADE")],
        index=True,
    )
    """Empty until the postman has found the account of the address, if there is one."""
    token_id: int | None = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_args=[ForeignKey("mailed_token.id", ondelete="CASCADE")],
        index=True,
    )
    """The token in its link. If the token is no longer valid, the mail is not sent."""
    recipient: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    sealed: str = Field(sa_type=Text, repr=False)
    """What the template shows, sealed, since a link in it is as good as a password."""
    attempts: int = Field(default=0, sa_type=SmallInteger)
    fault: str | None = Field(default=None, sa_type=Text)
    """Why the last attempt failed, in a few words."""
    created_at: datetime = Field(default_factory=now)
    due_at: datetime = Field(default_factory=now)
    """When to send it. While a process sends it, when another one may take over."""
    sent_at: datetime | None = None
    parked_at: datetime | None = None
    """When we gave up. An operator may have it sent again."""
