"""Steps on the account itself, inside a transaction."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from src.database.faults import constraint_of
from src.models import User
from src.users.credentials import email_key, find_credentials
from src.users.errors import EmailTaken

ONE_ACCOUNT = "uq_user_email_key"


def refuse_taken(db: Session, email: str) -> None:
    if find_credentials(db, email) is not None:
        raise EmailTaken


def create(db: Session, *, email: str, password_hash: str | None, name: str | None) -> User:
    """Insert the account. Of several requests at once, the unique constraint lets one through."""
    user = User(email=email, email_key=email_key(email), password_hash=password_hash, name=name)
    db.add(user)
    try:
        db.flush()  # the constraint is checked here, and the id is known
    except IntegrityError as error:
        # Another constraint is another fault, and must not be reported as a taken address.
        if constraint_of(error) == ONE_ACCOUNT:
            raise EmailTaken from None
        raise
    return user
