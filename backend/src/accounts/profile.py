"""A person's own view of their account, in one statement."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from src.accounts.schemas import Profile
from src.database.reading import Read
from src.models import User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import LIVE, values_of

COLUMNS = [
    *map(col, (User.id, User.email, User.name)),
    *map(col, (User.email_verified_at, User.created_at, User.updated_at)),
]
USE = [col(UserSession.seen_generation), col(UserSession.handed_out_at)]

READ = Read(select(*COLUMNS, *USE).where(*LIVE))


def read(claims: Claims) -> Any:  # noqa: ANN401  a row of `COLUMNS` and `USE`
    """The row of the bearer's account. Raises `SessionRevoked`."""
    row = READ.first(**values_of(claims))
    if row is None:
        raise SessionRevoked
    return row


def profile_of(row: Any) -> Profile:  # noqa: ANN401  a row of `COLUMNS`
    return Profile(
        id=row.id,
        email=row.email,
        name=row.name,
        email_verified=row.email_verified_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
