"""Reading and changing one's own profile."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session, col

from src.clock import now
from src.models import User
from src.sessions.errors import TokenInvalid
from src.users.schemas import Profile

COLUMNS = [
    *map(col, (User.id, User.email, User.name)),
    *map(col, (User.email_verified_at, User.created_at, User.updated_at)),
]


def require_profile(db: Session, user_id: int) -> Profile:
    """The profile; raise `TokenInvalid` where the account behind the token is gone."""
    row = db.execute(select(*COLUMNS).where(col(User.id) == user_id)).first()
    return _profile(row)


def update_profile(db: Session, user_id: int, changes: dict[str, str | None]) -> Profile:
    if not changes:
        return require_profile(db, user_id)
    statement = update(User).where(col(User.id) == user_id).values(**changes, updated_at=now())
    return _profile(db.execute(statement.returning(*COLUMNS)).first())


def _profile(row: Row[*tuple[Any, ...]] | None) -> Profile:
    if row is None:
        raise TokenInvalid
    fields = row._asdict()
    verified_at = fields.pop("email_verified_at")
    return Profile(**fields, email_verified=verified_at is not None)
