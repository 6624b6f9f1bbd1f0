"""Recovery codes: ten for each account, each of which replaces another second factor once.

They are hashed as passwords are, but with few rounds: a code has 58 random bits, so nobody guesses
one from its digest. A keyed digest would be lost with a former SECRET_KEY: only the person has the
code, so nobody could make its digest again.
"""

import hashlib
import hmac
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, delete, exists, func, update
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth.factors.codes import Settle, nothing_to_offer
from src.kit import readable_codes
from src.kit.clock import now
from src.kit.crypto import random_bytes
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import RecoveryCode, User
from src.sessions.second_factors import AccountId
from src.verification.errors import CodeInvalid

NAME = "recovery_code"
METHOD = "otp"
"""RFC 8176, section 2."""
COUNT = 10
GROUPS = 3
"""Three groups of four signs: 58 bits."""
SALT_BYTES = 16
ROUNDS = 10_000
"""About three milliseconds for a try, and thirty for a set."""


class RecoveryCodes:
    name = NAME
    method = METHOD
    is_substitute = True

    def enrolled(self, user_id: AccountId) -> ColumnElement[bool]:
        return exists().where(*_unused(user_id))

    def check(self, db: Session, user_id: int, code: str) -> Settle:
        """Raises `CodeInvalid`."""
        digests: dict[bytes, bytes] = {}
        for row in db.exec(select(RecoveryCode).where(*_unused(user_id))):
            if row.salt not in digests:
                digests[row.salt] = digest(code, row.salt)
            if hmac.compare_digest(row.digest, digests[row.salt]):
                return partial(_use, row.id)
        raise CodeInvalid

    def last_used_at(self, _db: Session, _user_id: int) -> datetime | None:
        return None  # they always come last

    offer = nothing_to_offer

    def remove(self, db: Session, user_id: int) -> None:
        remove(db, user_id)


def digest(code: str, salt: bytes) -> bytes:
    plain = readable_codes.plain(code).encode()
    return hashlib.pbkdf2_hmac("sha256", plain, salt, ROUNDS)


def replace(db: Session, user_id: int) -> list[str]:
    """A new set, shown once. The codes of the former set no longer count.

    The caller holds the lock of the account.
    """
    remove(db, user_id)
    salt, codes = random_bytes(SALT_BYTES), [readable_codes.new(GROUPS) for _ in range(COUNT)]
    db.add_all(
        RecoveryCode(user_id=user_id, salt=salt, digest=digest(code, salt)) for code in codes
    )
    return codes


def remove(db: Session, user_id: int) -> None:
    gone = delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id)
    db.exec(gone.execution_options(synchronize_session=False))


def remove_since(db: Session, user_id: int, moment: datetime) -> None:
    """Remove a set that was made later."""
    later = col(RecoveryCode.user_id) == user_id, col(RecoveryCode.created_at) > moment
    db.exec(delete(RecoveryCode).where(*later).execution_options(synchronize_session=False))


def count_left(db: Session, user_id: int) -> int:
    left = select(func.count()).select_from(RecoveryCode).where(*_unused(user_id))
    return db.exec(left).one()


def _use(code_id: int, db: Session, user: User) -> None:
    """Use the code, and write to its person. Of several uses at once, one succeeds."""
    used = db.exec(
        update(RecoveryCode)
        .where(col(RecoveryCode.id) == code_id, *_unused(user.id))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount == 0:
        raise CodeInvalid
    left = count_left(db, user.id)
    notify(db, Kind.RECOVERY_CODE_USED, user, codes_left=left)
    events.record_on_commit(db, Event.RECOVERY_CODE_USED, user_id=user.id, left=left)


def _unused(user_id: AccountId) -> tuple[ColumnElement[bool], ...]:
    return col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None)
