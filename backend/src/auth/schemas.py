"""The request of a sign-in, and the public rules."""

from typing import Literal

from pydantic import BaseModel, Field

from src.passwords.fields import Password
from src.passwords.hashes import MAX_PASSWORD_LENGTH
from src.users.fields import Email
from src.web.responses import ALWAYS_SENT
from src.web.strict_json import Body


class SigninRequest(Body):
    email: Email
    password: Password


class Reauthentication(Body):
    password: Password


class AuthConfig(BaseModel):
    """The public rules, which forms can show to people."""

    model_config = ALWAYS_SENT
    min_password_length: int = Field(description="Characters, counted in Unicode code points.")
    max_password_length: int = MAX_PASSWORD_LENGTH
    min_password_guesses: int = Field(
        description="A password that takes fewer, as zxcvbn estimates, is refused as too common."
    )
    signin_methods: list[Literal["password", "magic_link"]]
    sends_mail: bool = Field(description="Whether a forgotten password can be replaced by mail.")
    requires_verified_email: bool
    reveals_accounts: bool = Field(description="Whether sign-up says that an address is taken.")
