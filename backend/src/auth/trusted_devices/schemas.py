"""The answer of GET /auth/devices."""

from datetime import datetime

from pydantic import BaseModel, Field


class TrustedDeviceEntry(BaseModel):
    """A device on which signing in needs no second factor."""

    id: int
    created_at: datetime = Field(description="When a second factor was last shown there.")
    last_used_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None
    current: bool = Field(description="Whether the `Postern-Device` header is of this device.")
