"""Steps with which a person sees and ends the trust in their devices, inside a transaction."""

from sqlmodel import Session

from src.auth.devices import Device
from src.auth.trusted_devices.schemas import TrustedDeviceEntry
from src.sessions import trusted_devices
from src.sessions.access_tokens import Claims
from src.sessions.liveness import require
from src.sessions.steps import lock_account
from src.web.errors import NotFound


def listed(db: Session, claims: Claims, device: Device | None) -> list[TrustedDeviceEntry]:
    require(db, claims)
    number = None if device is None else device.number
    return [
        TrustedDeviceEntry(
            id=one.id,
            created_at=one.created_at,
            last_used_at=one.last_used_at,
            expires_at=trusted_devices.ends_at(one),
            ip=one.ip,
            user_agent=one.user_agent,
            current=trusted_devices.is_of(one, number),
        )
        for one in trusted_devices.of(db, claims.user_id)
    ]


def end(db: Session, claims: Claims, device_id: int) -> None:
    """Raises `NotFound` for any other id. A sign-in is before or after it, as the lock decides."""
    lock_account(db, claims.user_id)
    require(db, claims)
    if not trusted_devices.end(db, claims.user_id, device_id):
        raise NotFound
