"""The requests about the passkeys of an account."""

from typing import Annotated

from pydantic import Field, model_validator

from src.auth.passkeys.fields import Attestation, wrapped
from src.auth.schemas import AttemptToken
from src.users.fields import Name, NewEmail, RequiredName
from src.web.strict_json import Body


class NewPasskey(Body):
    """What the browser gives for the new passkey: as `attestation`, or as the body itself."""

    attestation: Attestation
    name: Name = None
    attempt: AttemptToken | None = None
    """Without a session, as for an authenticator app."""

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, body: object) -> object:
        return wrapped(body, "attestation", "name", "attempt")


class PasskeyChange(Body):
    name: Annotated[RequiredName, Field(examples=["My phone"])]


class PasskeySignupRequest(Body):
    email: NewEmail
    name: Name = None


class PasskeySignup(Body):
    """What the browser gives for the new passkey: as `attestation`, or as the body itself."""

    attestation: Attestation

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, body: object) -> object:
        return wrapped(body, "attestation")
