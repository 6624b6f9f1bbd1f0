"""The requests and the answer of a sign-in by mail."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from src.users.fields import Email
from src.verification.fields import MailedToken
from src.verification.tokens import MAX_LENGTH
from src.web.strict_json import Body


class MagicLinkRequest(Body):
    email: Email


class MagicLinkAsked(BaseModel):
    attempt: str = Field(description="Keep it in the browser that asked: it belongs to the mail.")


class MagicLinkSignin(Body):
    """The attempt, and either the token of the link or the code from the mail."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"attempt": "the attempt of the answer", "code": "K7QX-2MPR"}}
    )
    attempt: Annotated[SecretStr, Field(min_length=1, max_length=MAX_LENGTH)]
    token: MailedToken | None = None
    code: Annotated[SecretStr, Field(max_length=30, examples=["K7QX-2MPR"])] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "MagicLinkSignin":
        if (self.token is None) == (self.code is None):
            raise ValueError("send either the token or the code")
        return self
