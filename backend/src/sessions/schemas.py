"""What the endpoints of sessions take and give."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from src.web.strict_json import Body


class Tokens(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  RFC 6749, section 7.1
    expires_in: int = Field(description="Seconds until the access token expires.")
    refresh_token: str = Field(description="Good once, for the next pair of tokens.")


class RefreshRequest(Body):
    refresh_token: SecretStr


class SessionEntry(BaseModel):
    """One of a person's sessions, as they may recognise it."""

    id: int
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime = Field(description="When it ends unless it is used before.")
    ip: str | None
    user_agent: str | None
    current: bool = Field(description="True for the session that asks.")
