"""The requests and answers of the endpoints of an account."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from src.passwords.fields import NewPassword, Password
from src.users.fields import Name, NewEmail
from src.web.strict_json import Body


class SignupRequest(Body):
    email: NewEmail
    password: NewPassword
    name: Name = None


class SignedUp(BaseModel):
    id: int
    email: str


class SignupAccepted(BaseModel):
    """The answer where sign-up does not say who has an account."""

    email: str


class Profile(BaseModel):
    id: int
    email: str
    name: str | None
    email_verified: bool
    created_at: datetime
    updated_at: datetime


class ProfileUpdate(Body):
    """An absent field stays as it is; `null` or an empty name removes it."""

    name: Name = None


class ProfileDeletion(Body):
    """It may be left out if the account has no password and the session is fresh."""

    password: Password | None = None


class PasswordChange(Body):
    """`current_password` may be left out if the account has none and the session is fresh."""

    current_password: Password | None = None
    new_password: Annotated[NewPassword, Field(examples=["copper lantern staple"])]
