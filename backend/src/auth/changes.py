"""What ends when an account's credentials change: whatever an earlier proof had opened.

Each change of the password, the address or the factors calls this one function.
"""

from sqlmodel import Session

from src.auth import open_attempts
from src.sessions import trusted_devices


def credentials_changed(db: Session, user_id: int) -> None:
    """End attempts that wait for a second factor, and the trust in all devices of the account.

    The caller holds the lock of the account.
    """
    open_attempts.end_of(db, user_id)
    trusted_devices.end_of(db, user_id)
