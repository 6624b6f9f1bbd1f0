"""An e-mail address and a name as fields of a request."""

import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from src.users import addresses, names

MAX_NAME_LENGTH = 200


def normalize_email(value: str) -> str:
    """The address in NFC, as RFC 5321 and 6531 allow it, without quoted parts or comments."""
    try:
        return validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalid", "{reason}", {"reason": str(error)}) from None


def _visible(value: str) -> str:
    if addresses.has_invisible(addresses.split(value)[0]):
        raise PydanticCustomError(
            "email_has_invisible_characters",
            "The part before the @ has characters that cannot be seen. Type the address by hand.",
        )
    return value


def _name(value: str | None) -> str | None:
    """The name, trimmed and in NFC. None if it is empty."""
    if value is None:
        return None
    if names.has_refused(value):
        raise PydanticCustomError(
            "name_invalid", "A name holds no control characters and no invisible ones."
        )
    return unicodedata.normalize("NFC", value).strip() or None


_Address = Annotated[
    str,
    Field(max_length=320, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
Email = Annotated[_Address, AfterValidator(normalize_email)]
"""The address of an account that may exist. Earlier releases accepted more addresses."""
NewEmail = Annotated[_Address, AfterValidator(_visible), AfterValidator(normalize_email)]
"""The address of a new account."""
Name = Annotated[
    Annotated[str, Field(max_length=MAX_NAME_LENGTH)] | None,
    Field(examples=["Ada Lovelace"]),
    AfterValidator(_name),
]
