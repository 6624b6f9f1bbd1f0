"""The header that a known device shows."""

from typing import Annotated

from fastapi import Header

DEVICE = "Postern-Device"
DeviceToken = Annotated[
    str | None,
    Header(alias=DEVICE, description="What this device was given under it the last time."),
]
