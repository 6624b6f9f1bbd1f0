"""Reading, changing and deleting one's own profile."""

from typing import Any

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlmodel import Session, col
from starlette.concurrency import run_in_threadpool

from src.accounts.schemas import Profile
from src.auth.passwords import prove_password
from src.database.database import in_transaction, unit_of_work
from src.database.reading import Read
from src.kit.clock import now
from src.models import User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import LIVE, is_news, live, note_use, require, values_of
from src.sessions.service import lock_account
from src.users.credentials import Credentials, lock_verified
from src.web.visitor import Client

COLUMNS = [
    *map(col, (User.id, User.email, User.name)),
    *map(col, (User.email_verified_at, User.created_at, User.updated_at)),
]
USE = [col(UserSession.seen_generation), col(UserSession.handed_out_at)]


READ = Read(select(*COLUMNS, *USE).where(*LIVE))


def read_profile(claims: Claims) -> Profile:
    """The profile and whether the session counts, in one query; raise `SessionRevoked`."""
    row = READ.first(**values_of(claims))
    if row is None:
        raise SessionRevoked
    if is_news(claims, row.seen_generation, row.handed_out_at):
        with unit_of_work() as db:
            note_use(db, claims, row.seen_generation, row.handed_out_at)
    return _profile(row)


async def change_profile(claims: Claims, changes: dict[str, str | None]) -> Profile:
    """The profile as it is then; raise `SessionRevoked`."""
    if not changes:
        return await run_in_threadpool(read_profile, claims)
    return await in_transaction(update_profile, claims, changes)


def update_profile(db: Session, claims: Claims, changes: dict[str, str | None]) -> Profile:
    lock_account(db, claims.user_id)
    statement = update(User).where(*live(claims, now())).values(**changes, updated_at=now())
    changed = statement.execution_options(synchronize_session=False).returning(*COLUMNS, *USE)
    row = db.execute(changed).first()
    if row is None:
        raise SessionRevoked
    note_use(db, claims, row.seen_generation, row.handed_out_at)
    return _profile(row)


async def delete_profile(claims: Claims, password: SecretStr, client: Client) -> None:
    """Delete the account, for who shows its password again."""
    secret = password.get_secret_value()
    credentials = await prove_password(claims, secret, client)
    while not await in_transaction(delete_user, claims, credentials):
        # The hash was replaced while it was verified.
        credentials = await prove_password(claims, secret, client)


def delete_user(db: Session, claims: Claims, credentials: Credentials) -> bool:
    """What hangs on the account goes with it: the database's foreign keys cascade.

    False where the stored hash is no longer the one that was verified; raise `SessionRevoked`.
    """
    user = lock_verified(db, credentials)
    require(db, claims)
    if user is not None:
        db.delete(user)
    return user is not None


def _profile(row: Any) -> Profile:  # noqa: ANN401  a row of `COLUMNS`
    return Profile(
        id=row.id,
        email=row.email,
        name=row.name,
        email_verified=row.email_verified_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
