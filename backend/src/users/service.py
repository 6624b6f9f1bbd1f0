"""Reading and changing one's own profile."""

from typing import Any

from pydantic import SecretStr
from sqlalchemy import Row, select, update
from sqlmodel import Session, col

from src.auth import service as auth
from src.auth.errors import InvalidCredentials
from src.auth.service import Credentials
from src.clock import now
from src.database.database import in_transaction
from src.models import User, UserSession
from src.sessions import service as sessions
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.users.schemas import Profile

COLUMNS = [
    *map(col, (User.id, User.email, User.name)),
    *map(col, (User.email_verified_at, User.created_at, User.updated_at)),
]


def require_profile(db: Session, claims: Claims) -> Profile:
    """The profile and whether the session counts, in one query; raise `SessionRevoked`."""
    query = select(*COLUMNS, col(UserSession.seen_generation).label("seen"))
    row = db.execute(query.where(*sessions.live(claims, now()))).first()
    if row is None:
        raise SessionRevoked
    sessions.note_use(db, claims, seen_generation=row.seen)
    return _profile(row)


def update_profile(db: Session, claims: Claims, changes: dict[str, str | None]) -> Profile:
    if not changes:
        return require_profile(db, claims)
    sessions.require(db, claims)
    statement = update(User).where(col(User.id) == claims.user_id)
    changed = statement.values(**changes, updated_at=now()).returning(*COLUMNS)
    return _profile(db.execute(changed).one())


async def delete_profile(claims: Claims, password: SecretStr) -> None:
    """Delete the account, for who shows its password again."""
    credentials = await auth.prove_password(claims, password.get_secret_value())
    await in_transaction(delete_user, claims, credentials)


def delete_user(db: Session, claims: Claims, credentials: Credentials) -> None:
    """What hangs on the account goes with it: the database's foreign keys cascade."""
    user = auth.lock_verified(db, credentials)
    if user is None:
        raise InvalidCredentials("The password was changed meanwhile.")
    sessions.require(db, claims)
    db.delete(user)


def _profile(row: Row[*tuple[Any, ...]]) -> Profile:
    return Profile(
        id=row.id,
        email=row.email,
        name=row.name,
        email_verified=row.email_verified_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
