"""Steps on devices that an account trusts: there a sign-in needs no second factor for a while.

The row belongs to one account and one device. The device proves its number with its sealed token,
so nobody else can name it. A session that begins so has one factor, and its level says that.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.kit.clock import SKEW, now
from src.models import TrustedDevice
from src.settings import get_settings
from src.web.visitor import Visitor

MOST = 10
"""Devices of one account. If there is one more, the oldest is forgotten."""


def trust(db: Session, user_id: int, number: bytes, visitor: Visitor) -> None:
    """From now on. The caller holds the lock of the account, and has seen a second factor."""
    at, days = now(), get_settings().trusted_device_days
    if not days:
        return
    seen = {
        "ip": visitor.address,
        "user_agent": visitor.user_agent,
        "created_at": at,
        "last_used_at": at,
        "expires_at": at + timedelta(days=days),
    }
    one = insert(TrustedDevice).values(user_id=user_id, digest=_digest(number), **seen)
    db.execute(one.on_conflict_do_update(index_elements=["user_id", "digest"], set_=seen))
    mine = col(TrustedDevice.user_id) == user_id
    newest = select(TrustedDevice.id).where(mine).order_by(col(TrustedDevice.created_at).desc())
    _forget(db, col(TrustedDevice.id).in_(newest.offset(MOST)))
    events.record_on_commit(db, Event.DEVICE_TRUSTED, user_id=user_id)


def use(db: Session, user_id: int, number: bytes) -> int | None:
    """The id of its row, if the account trusts this device. Records the use."""
    used = db.exec(
        update(TrustedDevice)
        .where(*_counts(user_id), col(TrustedDevice.digest) == _digest(number))
        .values(last_used_at=now())
        .returning(col(TrustedDevice.id))
        .execution_options(synchronize_session=False)
    )
    device_id: int | None = used.scalars().one_or_none()
    return device_id


def of(db: Session, user_id: int) -> list[TrustedDevice]:
    """Those that still count, the last used first."""
    wanted = select(TrustedDevice).where(*_counts(user_id))
    return list(db.exec(wanted.order_by(col(TrustedDevice.last_used_at).desc())))


def is_of(device: TrustedDevice, number: bytes | None) -> bool:
    return number is not None and device.digest == _digest(number)


def ends_at(device: TrustedDevice) -> datetime:
    """A lower TRUSTED_DEVICE_DAYS counts for earlier devices, too."""
    return min(device.expires_at, device.created_at + _longest())


def end(db: Session, user_id: int, device_id: int) -> bool:
    """Whether there was one. The caller holds the lock of the account."""
    mine = col(TrustedDevice.user_id) == user_id, col(TrustedDevice.id) == device_id
    return _end(db, *mine, user_id=user_id) > 0


def end_of(db: Session, user_id: int) -> None:
    """No device of the account is trusted any more. The caller holds the lock of the account."""
    _end(db, col(TrustedDevice.user_id) == user_id, user_id=user_id)


def end_all(db: Session) -> None:
    _forget(db, col(TrustedDevice.id).is_not(None))


def _end(db: Session, *which: ColumnElement[bool], user_id: int) -> int:
    count = _forget(db, *which)
    if count:
        events.record_on_commit(db, Event.DEVICE_TRUST_ENDED, count=count, user_id=user_id)
    return count


def _forget(db: Session, *which: ColumnElement[bool]) -> int:
    gone = delete(TrustedDevice).where(*which).execution_options(synchronize_session=False)
    return db.exec(gone).rowcount


def _counts(user_id: int) -> tuple[ColumnElement[bool], ...]:
    at = now()
    return (
        col(TrustedDevice.user_id) == user_id,
        col(TrustedDevice.expires_at) > at,
        col(TrustedDevice.created_at) > at - _longest(),
        # A row from the future was written by a wrong clock.
        col(TrustedDevice.created_at) <= at + SKEW,
    )


def _longest() -> timedelta:
    return timedelta(days=get_settings().trusted_device_days)


def _digest(number: bytes) -> bytes:
    return hashlib.sha256(number).digest()
