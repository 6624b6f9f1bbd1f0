"""The request of a sign-in, and the public rules."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from src.auth.open_attempts import MAX_LENGTH
from src.auth.passkeys.fields import Assertion, wrapped
from src.passwords.fields import Password
from src.passwords.hashes import MAX_PASSWORD_LENGTH
from src.settings import SignupMethod
from src.users.fields import Email
from src.web.responses import ALWAYS_SENT
from src.web.strict_json import Body

MAX_CODE_LENGTH = 30


class SigninRequest(Body):
    email: Email
    password: Password


TrustDevice = Annotated[
    bool,
    Field(
        description="Whether signing in on this device needs no second factor for the days that "
        "`trusted_device_days` of GET /auth/config says. `false` if it is left out.",
        # Generated types would take a field with a default for one that must be sent.
        json_schema_extra=lambda schema: schema.pop("default", None),
    ),
]
Code = Annotated[SecretStr, Field(min_length=1, max_length=MAX_CODE_LENGTH, examples=["492039"])]
"""As a person types it: spaces, hyphens and small letters make no difference."""


AttemptToken = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=MAX_LENGTH,
        examples=["q2Vx0bJm3fK9d1rY5sL8wTzN4uH7pCgE6aQoIvXkM1k"],
    ),
]


class CodeSignin(Body):
    """The `attempt` of the refusal `second_factor_required`, and a code."""

    attempt: AttemptToken
    code: Code
    trust_device: TrustDevice = False


class PasskeySecondStep(Body):
    """The `attempt` of the refusal `second_factor_required`, and the answer of a passkey."""

    attempt: AttemptToken
    assertion: Assertion
    trust_device: TrustDevice = False


class PasskeySignin(Body):
    """The answer of a passkey: as `assertion`, or as the body itself."""

    assertion: Assertion

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, body: object) -> object:
        return wrapped(body, "assertion")


class Reauthentication(Body):
    """The password, a code, or the answer of a passkey as `assertion` or as the body itself.

    A code is one of an authenticator app (six digits) or a recovery code.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"password": "testpass123"}})
    password: Password | None = None
    code: Code | None = None
    assertion: Assertion | None = None

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, body: object) -> object:
        return wrapped(body, "assertion")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Reauthentication":
        proofs = self.password, self.code, self.assertion
        if sum(proof is not None for proof in proofs) != 1:
            raise ValueError("send one of the password, a code and an assertion")
        return self


class AuthConfig(BaseModel):
    """The public rules, which forms can show to people."""

    model_config = ALWAYS_SENT
    min_password_length: int = Field(description="Characters, counted in Unicode code points.")
    max_password_length: int = MAX_PASSWORD_LENGTH
    min_password_guesses: int = Field(
        description="A password that takes fewer, as zxcvbn estimates, is refused as too common."
    )
    signin_methods: list[Literal["password", "magic_link"]]
    passkeys: bool = Field(description="Whether accounts can have passkeys, and sign in with them.")
    signup_methods: list[SignupMethod]
    sends_mail: bool = Field(description="Whether a forgotten password can be replaced by mail.")
    requires_verified_email: bool
    requires_second_factor: bool = Field(
        description="Whether everybody needs a second factor. An account without one adds it "
        "while signing in."
    )
    trusted_device_days: int = Field(
        description="How long a trusted device needs no second factor. 0: there are none."
    )
    reveals_accounts: bool = Field(description="Whether sign-up says that an address is taken.")
