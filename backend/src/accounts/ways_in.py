"""Nobody removes their own last way to sign in, or the last way back after a passkey is lost."""

from sqlmodel import Session, col, func, select

from src.accounts.errors import LastWayIn
from src.auth.factors import recovery_code
from src.models import Passkey, User
from src.settings import get_settings
from src.users.credentials import is_proved


def require_without_password(db: Session, user: User) -> None:
    """Raise `LastWayIn` unless a passkey signs in, and the account can do without that one.

    A password by mail is a way back: to a confirmed address, or with a recovery code. The caller
    holds the lock of the account.
    """
    alone = _count_alone(db, user)
    by_mail = get_settings().sends_mail and (
        user.email_verified_at is not None or recovery_code.count_left(db, user.id) > 0
    )
    if not alone or (alone == 1 and not by_mail):
        raise LastWayIn


def require_after_passkey(db: Session, user: User) -> None:
    """Raise `LastWayIn` unless the account can do without the passkey that was just removed.

    Without a password, it needs what the removal of the password needs, so the order of both does
    not matter. A link by mail is both: a way in, and a way back.
    """
    by_link = get_settings().magic_link and is_proved(user)
    if user.password_hash is None and not by_link:
        require_without_password(db, user)


def _count_alone(db: Session, user: User) -> int:
    """How many passkeys sign in without anything else."""
    if get_settings().relying_party is None:
        return 0
    own = col(Passkey.user_id) == user.id, col(Passkey.can_verify)
    return db.exec(select(func.count()).select_from(Passkey).where(*own)).one()
