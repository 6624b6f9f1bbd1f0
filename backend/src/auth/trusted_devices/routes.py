"""GET /auth/devices and DELETE /auth/devices/{id}."""

from typing import Annotated

from fastapi import APIRouter, Path

from src.auth.dependencies import DeviceToken
from src.auth.trusted_devices import service
from src.auth.trusted_devices.schemas import TrustedDeviceEntry
from src.sessions.access_tokens import MAX_ID
from src.sessions.dependencies import Bearer
from src.sessions.routing import SessionRoute
from src.sessions.writing import Writing
from src.web.errors import NotFound, ValidationFailed
from src.web.responses import responses

router = APIRouter(prefix="/auth/devices", tags=["Second factors"], route_class=SessionRoute)

DeviceId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.get("", summary="List the devices that you trust, the last used first")
async def list_devices(bearer: Bearer, token: DeviceToken = None) -> list[TrustedDeviceEntry]:
    """Signing in on them needs no second factor until they expire."""
    return await service.list_devices(bearer, token)


@router.delete(
    "/{id}",
    status_code=204,
    summary="No longer trust a device",
    responses=responses(NotFound, ValidationFailed),
)
async def end_device(bearer: Writing, id: DeviceId) -> None:  # noqa: A002  the contract's name
    """The next sign-in there needs a second factor. Its sessions stay.

    It needs no fresh session, because it only makes signing in stricter. Another person's device
    has the same answer as one that does not exist.
    """
    await service.end_device(bearer, id)
