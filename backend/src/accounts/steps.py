"""Steps of the use cases of an account, inside a transaction."""

from sqlalchemy import update
from sqlmodel import Session

from src.accounts.profile import COLUMNS, USE, profile_of
from src.accounts.schemas import Profile
from src.auth import guessing
from src.kit.clock import now
from src.models import User
from src.ratelimit import steps as limits
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import live, note_use, require
from src.sessions.steps import EndedBy, lock_account
from src.users import steps as users
from src.users.credentials import Credentials, lock_verified


def create_account(db: Session, *, email: str, password_hash: str | None, name: str | None) -> User:
    user = users.create(db, email=email, password_hash=password_hash, name=name)
    # Guesses from before there was an account were guesses at nothing.
    limits.forget(db, guessing.at_account(user.email_key, None))
    return user


def replace_password(
    db: Session, claims: Claims, credentials: Credentials, password_hash: str
) -> Credentials:
    """Raise `CredentialsChanged`, or `SessionRevoked` where another password ended the session."""
    lock_account(db, claims.user_id)
    require(db, claims)
    user = lock_verified(db, credentials)
    sessions.end_others(db, claims, by=EndedBy.PASSWORD_CHANGE)
    user.password_hash, user.updated_at = password_hash, now()
    db.flush()  # from here on, sessions count only with the new one
    sessions.follow_password(
        db, user.id, old_hash=credentials.password_hash, new_hash=password_hash
    )
    return Credentials(user.id, user.email, password_hash)


def update_profile(db: Session, claims: Claims, changes: dict[str, str | None]) -> Profile:
    lock_account(db, claims.user_id)
    statement = update(User).where(*live(claims, now())).values(**changes, updated_at=now())
    changed = statement.execution_options(synchronize_session=False).returning(*COLUMNS, *USE)
    row = db.execute(changed).first()
    if row is None:
        raise SessionRevoked
    note_use(db, claims, row.seen_generation, row.handed_out_at)
    return profile_of(row)


def delete_user(db: Session, claims: Claims, credentials: Credentials) -> None:
    """What hangs on the account goes with it: the database's foreign keys cascade.

    Raise `CredentialsChanged` or `SessionRevoked`.
    """
    lock_account(db, claims.user_id)
    require(db, claims)
    db.delete(lock_verified(db, credentials))
