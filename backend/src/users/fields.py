"""An e-mail address and a name as fields of a request."""

import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

MAX_NAME_LENGTH = 200
# Overrides, embeddings and isolates: they make what follows a name read backwards (UAX #9).
TURNS_TEXT_AROUND = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def normalize_email(value: str) -> str:
    """The address in NFC, as RFC 5321 and 6531 allow it; no quoted parts, lists or comments."""
    try:
        return validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalid", "{reason}", {"reason": str(error)}) from None


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
Name = Annotated[
    Annotated[str, Field(max_length=MAX_NAME_LENGTH)] | None,
    Field(examples=["Ada Lovelace"]),
    AfterValidator(_name),
]
