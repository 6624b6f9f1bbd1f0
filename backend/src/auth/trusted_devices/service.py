"""The devices that a person trusts."""

from src.auth import devices
from src.auth.trusted_devices import steps
from src.auth.trusted_devices.schemas import TrustedDeviceEntry
from src.database.database import in_transaction
from src.kit.clock import now
from src.sessions.access_tokens import Claims
from src.settings import get_settings


async def list_devices(claims: Claims, device_token: str | None) -> list[TrustedDeviceEntry]:
    device = devices.read(get_settings().secret_keys, device_token, now())
    return await in_transaction(steps.listed, claims, device)


async def end_device(claims: Claims, device_id: int) -> None:
    await in_transaction(steps.end, claims, device_id)
