"""The requests of the endpoints about an account's address."""

from typing import Annotated

from pydantic import Field

from src.passwords.fields import Password
from src.users.fields import Email, NewEmail
from src.verification.fields import MailedToken
from src.web.strict_json import Body


class Resend(Body):
    """Without a session: the address whose mail is sent again. Nothing shows whether it exists."""

    email: Email


class Verification(Body):
    token: MailedToken
    email: Email | None = Field(
        default=None,
        description="If it is sent, the link must be about this address: a page sends the address "
        "that the person has typed, so that no click verifies an account of somebody else.",
    )


class EmailChange(Body):
    """`password` may be left out if the account has none and the session is fresh."""

    new_email: Annotated[NewEmail, Field(examples=["ada.lovelace@example.com"])]
    password: Password | None = None


class Link(Body):
    token: MailedToken


class Undoing(Body):
    token: MailedToken
    email: Email | None = Field(
        default=None,
        description="If it is sent, it must be the former address: a page sends what the person "
        "has typed, so that no program that clicks through a mail undoes a change.",
    )
