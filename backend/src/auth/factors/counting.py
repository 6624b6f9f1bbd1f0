"""How many accounts have which factor: numbers only, for the metrics and the doctor."""

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from src.auth.factors import passkey, recovery_code, totp
from src.models import AuthenticatorApp, Passkey, RecoveryCode, User

SECOND: dict[str, SelectOfScalar[int]] = {
    passkey.NAME: select(Passkey.user_id),
    totp.NAME: select(AuthenticatorApp.user_id).where(
        col(AuthenticatorApp.confirmed_at).is_not(None)
    ),
}
"""The accounts with each factor that an account may need."""
SUBSTITUTES: dict[str, SelectOfScalar[int]] = {
    recovery_code.NAME: select(RecoveryCode.user_id).where(col(RecoveryCode.used_at).is_(None)),
}


def with_factor(db: Session) -> dict[str, int]:
    """Accounts by the name of the factor."""
    return {name: _count(db, owners) for name, owners in (SECOND | SUBSTITUTES).items()}


def without(db: Session) -> int:
    """Accounts without a second factor."""
    has_none = [col(User.id).not_in(owners) for owners in SECOND.values()]
    return db.exec(select(func.count()).select_from(User).where(*has_none)).one()


def _count(db: Session, owners: SelectOfScalar[int]) -> int:
    distinct = owners.distinct().subquery()
    return db.exec(select(func.count()).select_from(distinct)).one()
