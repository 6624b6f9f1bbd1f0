"""Steps on the account itself, inside a transaction."""

from psycopg2 import errorcodes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from src.database.faults import constraint_of, diagnosis, state_of
from src.kit.clock import now
from src.models import User
from src.sessions import requirement
from src.users.addresses import address_key, former_key, same_domain
from src.users.credentials import find_credentials
from src.users.errors import AccountInUse, EmailTaken

ONE_ADDRESS = "ix_user_address_key"
ONE_ACCOUNT = {"uq_user_email_key", ONE_ADDRESS}
UNLIKE_ANY = "ADDRESS "
"""A prefix for former keys. It has capitals, so no address has such a former key."""


def refuse_taken(db: Session, email: str) -> None:
    if find_credentials(db, email) is not None:
        raise EmailTaken


def create(db: Session, *, email: str, password_hash: str | None, name: str | None) -> User:
    """Insert the account. If there are several requests, a unique index accepts only one."""
    requirement.note(db)
    user = User(
        email=email,
        email_key=_former_key(db, email),
        address_key=address_key(email),
        password_hash=password_hash,
        name=name,
    )
    db.add(user)
    _flush(db)
    return user


def _flush(db: Session) -> None:
    """Let the database check the indexes, and set the id of a new account."""
    try:
        db.flush()
    except IntegrityError as error:
        # A violation of another constraint is another fault, not a taken address.
        if constraint_of(error) in ONE_ACCOUNT:
            raise EmailTaken from None
        raise


def _former_key(db: Session, email: str, *, but: int | None = None) -> str:
    """Return the key that the previous release compares.

    That of strasse.de may belong to an account at straße.de. Then the previous release does not
    find this account.
    """
    former = former_key(email)
    taken = select(User.email).where(col(User.email_key) == former)
    with db.no_autoflush:  # what is about to change is not to be found
        holder = db.exec(taken.where(col(User.id).is_distinct_from(but))).first()
    if holder is None or same_domain(holder, email):
        return former
    return UNLIKE_ANY + address_key(email)


def change_address(db: Session, user: User, email: str) -> None:
    """Give the account another address. Raises `EmailTaken`: a unique index decides races."""
    user.email, user.address_key = email, address_key(email)
    user.email_key = _former_key(db, email, but=user.id)
    user.updated_at = now()
    _flush(db)


def delete(db: Session, user: User) -> None:
    """Delete the account. Rows in other tables follow the rules of their own foreign keys.

    Raises `AccountInUse` where an app's constraint or trigger refuses.
    """
    try:
        db.delete(user)
        db.flush()
        # A deferred constraint would only refuse the commit, when it is too late for a problem.
        db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except DBAPIError as error:
        state = state_of(error) or ""
        if state[:2] != errorcodes.CLASS_INTEGRITY_CONSTRAINT_VIOLATION and (
            state != errorcodes.RAISE_EXCEPTION
        ):
            raise
        names = (diagnosis(error, f"{name}_name") for name in ("schema", "table"))
        where = {"table": ".".join(filter(None, names)), "constraint": constraint_of(error)}
        raise AccountInUse(log={"state": state, **where}) from None
