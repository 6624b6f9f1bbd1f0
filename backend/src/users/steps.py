"""Steps on the account itself, inside a transaction."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from src.database.faults import constraint_of
from src.models import User
from src.users.addresses import address_key, former_key, same_domain
from src.users.credentials import find_credentials
from src.users.errors import EmailTaken

ONE_ADDRESS = "ix_user_address_key"
ONE_ACCOUNT = {"uq_user_email_key", ONE_ADDRESS}
UNLIKE_ANY = "ADDRESS "
"""A prefix for former keys. It has capitals, so no address has such a former key."""


def refuse_taken(db: Session, email: str) -> None:
    if find_credentials(db, email) is not None:
        raise EmailTaken


def create(db: Session, *, email: str, password_hash: str | None, name: str | None) -> User:
    """Insert the account. If there are several requests, a unique index accepts only one."""
    user = User(
        email=email,
        email_key=_former_key(db, email),
        address_key=address_key(email),
        password_hash=password_hash,
        name=name,
    )
    db.add(user)
    try:
        db.flush()  # checks the indexes and sets the id
    except IntegrityError as error:
        # A violation of another constraint is another fault, not a taken address.
        if constraint_of(error) in ONE_ACCOUNT:
            raise EmailTaken from None
        raise
    return user


def _former_key(db: Session, email: str) -> str:
    """Return the key that the previous release compares.

    That of strasse.de may belong to an account at straße.de. Then the previous release does not
    find this account.
    """
    former = former_key(email)
    holder = db.exec(select(User.email).where(col(User.email_key) == former)).first()
    if holder is None or same_domain(holder, email):
        return former
    return UNLIKE_ANY + address_key(email)
