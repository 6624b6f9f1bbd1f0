"""Steps of the use cases of an account, inside a transaction."""

from sqlalchemy import update
from sqlmodel import Session

from src.accounts.profile import COLUMNS, USE, profile_of
from src.accounts.schemas import Profile, SignedUp
from src.auth import guessing
from src.kit.clock import now
from src.models import User
from src.ratelimit import service as limits
from src.sessions import service as sessions
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked
from src.sessions.liveness import live, note_use, require
from src.sessions.service import EndedBy, lock_account
from src.users import steps as users
from src.users.credentials import Credentials, lock_verified


def create_account(db: Session, *, email: str, password_hash: str, name: str | None) -> SignedUp:
    user = users.create(db, email=email, password_hash=password_hash, name=name)
    # Who guessed before there was an account has guessed nothing.
    limits.forget(db, guessing.at_account(user.email_key, None))
    return SignedUp(id=user.id, email=user.email)


def replace_password(
    db: Session, claims: Claims, credentials: Credentials, password_hash: str
) -> bool:
    """False where the stored hash is no longer the one that was verified."""
    user = lock_verified(db, credentials)
    if user is None:
        require(db, claims)  # another password has ended the session, if it was set elsewhere
        return False
    sessions.end_others(db, claims, by=EndedBy.PASSWORD_CHANGE)
    user.password_hash, user.updated_at = password_hash, now()
    db.flush()  # from here on, sessions count only with the new one
    sessions.follow_password(
        db, user.id, old_hash=credentials.password_hash, new_hash=password_hash
    )
    return True


def update_profile(db: Session, claims: Claims, changes: dict[str, str | None]) -> Profile:
    lock_account(db, claims.user_id)
    statement = update(User).where(*live(claims, now())).values(**changes, updated_at=now())
    changed = statement.execution_options(synchronize_session=False).returning(*COLUMNS, *USE)
    row = db.execute(changed).first()
    if row is None:
        raise SessionRevoked
    note_use(db, claims, row.seen_generation, row.handed_out_at)
    return profile_of(row)


def delete_user(db: Session, claims: Claims, credentials: Credentials) -> bool:
    """What hangs on the account goes with it: the database's foreign keys cascade.

    False where the stored hash is no longer the one that was verified; raise `SessionRevoked`.
    """
    user = lock_verified(db, credentials)
    require(db, claims)
    if user is not None:
        db.delete(user)
    return user is not None
