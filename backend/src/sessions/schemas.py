"""The requests and answers of the endpoints of sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from src.web.responses import ALWAYS_SENT
from src.web.strict_json import Body


class Tokens(BaseModel):
    model_config = ALWAYS_SENT
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  RFC 6749, section 7.1
    expires_in: int = Field(description="Seconds until the access token expires.")
    refresh_token: str = Field(description="Valid once, for the next pair of tokens.")


class RefreshRequest(Body):
    refresh_token: Annotated[SecretStr, Field(examples=["the refresh_token of the last answer"])]


class SessionEntry(BaseModel):
    """One of a person's sessions, with what helps them to recognise it."""

    id: int
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime = Field(description="When it ends if it is not used before.")
    ip: str | None
    user_agent: str | None
    current: bool = Field(description="True for the session of this request.")
