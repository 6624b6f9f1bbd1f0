"""A token from a mail, as a field of a request."""

from typing import Annotated

from pydantic import Field, SecretStr

from src.verification.tokens import MAX_LENGTH

MailedToken = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=MAX_LENGTH,
        description="From the link in the mail.",
        examples=["q2Vx0bJm3fK9d1rY5sL8wTzN4uH7pCgE6aQoIvXkM1k"],
    ),
]
