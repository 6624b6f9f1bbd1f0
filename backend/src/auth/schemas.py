"""What the /auth endpoints take and give. Secrets are `SecretStr`: no repr or log shows them."""

import unicodedata
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, SecretStr
from pydantic_core import PydanticCustomError

from src.passwords.hashes import MAX_PASSWORD_LENGTH
from src.settings import get_settings
from src.web.strict_json import Body

MAX_NAME_LENGTH = 200
# Overrides, embeddings and isolates: they make what follows a name read backwards (UAX #9).
TURNS_TEXT_AROUND = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def normalize_email(value: str) -> str:
    """The address in NFC, as RFC 5321 and 6531 allow it; no quoted parts, lists or comments."""
    try:
        return validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalid", "{reason}", {"reason": str(error)}) from None


def _password(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) > MAX_PASSWORD_LENGTH:
        raise PydanticCustomError(
            "password_too_long",
            "Use at most {maximum} characters.",
            {"maximum": MAX_PASSWORD_LENGTH},
        )
    return value


def _new_password(value: SecretStr) -> SecretStr:
    """Long enough, counted in code points of its normal form; nothing else is asked of it."""
    length = len(unicodedata.normalize("NFKC", value.get_secret_value()))
    minimum = get_settings().min_password_length
    if length < minimum:
        raise PydanticCustomError(
            "password_too_short",
            "Use at least {minimum} characters. Length is what makes a password strong.",
            {"minimum": minimum},
        )
    return value


def _name(value: str | None) -> str | None:
    """Trimmed and in NFC; empty means that there is none."""
    if value is None:
        return None
    if any(
        unicodedata.category(character) in {"Cc", "Cs"}
        or unicodedata.bidirectional(character) in TURNS_TEXT_AROUND
        for character in value
    ):
        raise PydanticCustomError("name_invalid", "A name holds no control characters.")
    return unicodedata.normalize("NFC", value).strip() or None


Email = Annotated[
    str,
    Field(max_length=320, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
    AfterValidator(normalize_email),
]
Password = Annotated[
    SecretStr,
    Field(
        examples=["correct horse battery staple"],
        json_schema_extra={"maxLength": MAX_PASSWORD_LENGTH},
    ),
    AfterValidator(_password),
]
NewPassword = Annotated[Password, AfterValidator(_new_password)]
Name = Annotated[
    Annotated[str, Field(max_length=MAX_NAME_LENGTH)] | None,
    Field(examples=["Ada Lovelace"]),
    AfterValidator(_name),
]


class SignupRequest(Body):
    email: Email
    password: NewPassword
    name: Name = None


class SignedUp(BaseModel):
    id: int
    email: str


class SigninRequest(Body):
    email: Email
    password: Password


class PasswordChange(Body):
    current_password: Password
    new_password: NewPassword


class AuthConfig(BaseModel):
    """The public rules, for forms that want to tell them beforehand."""

    min_password_length: int = Field(description="Characters, counted in Unicode code points.")
    max_password_length: int = MAX_PASSWORD_LENGTH
    signin_methods: list[Literal["password"]] = ["password"]
