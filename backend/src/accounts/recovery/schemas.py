"""The requests for a new password without the old one."""

from typing import Annotated

from pydantic import Field

from src.passwords.fields import NewPassword
from src.users.fields import Email
from src.verification.fields import MailedToken
from src.web.strict_json import Body


class Forgotten(Body):
    email: Email


class Reset(Body):
    token: MailedToken
    new_password: Annotated[NewPassword, Field(examples=["copper lantern staple"])]
