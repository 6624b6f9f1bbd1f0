"""An e-mail address and a name as fields of a request."""

import re
import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from src.settings import Environment, get_settings
from src.users import addresses, names

MAX_NAME_LENGTH = 200
FAULTS = {
    "one_address": "Enter one address, such as ada@example.com.",
    "without_at": "An address has an @-sign, as in ada@example.com.",
    "several": "Enter only one address.",
    "with_space": "An address has no spaces. Remove them.",
    "two_at": "An address has only one @-sign, as in ada@example.com.",
    "no_mail": "The part after the @ is not a domain that can get mail. Check its spelling.",
}
"""What is wrong with an invalid address, by the reason that clients get."""
SPACE = re.compile(r"\s")
SEPARATOR = re.compile(r"[\s,;]")


def normalize_email(value: str) -> str:
    """The address in NFC, as RFC 5321 and 6531 allow it, without quoted parts or comments."""
    normal = _normal(value)
    if normal is None:
        raise _invalid(_fault_of(value))
    return normal


def _normal(value: str) -> str | None:
    """None if it is no address. The domain `test` counts as one here."""
    try:
        valid = validate_email(
            value, check_deliverability=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        return None
    return valid.normalized


def _fault_of(value: str) -> str:
    """What is wrong with an invalid address: a key of `FAULTS`."""
    local, _, domain = value.rpartition("@")
    if "<" in value:  # Ada <ada@example.com>
        return "one_address"
    if value and "@" not in value:
        return "without_at"
    if "@" in local and SEPARATOR.search(value):
        return "several"
    if SPACE.search(value):
        return "with_space"
    if "@" in local:
        return "two_at"
    without_mail = local and domain and _normal(f"a@{domain}") is None
    return "no_mail" if without_mail else "one_address"


def _invalid(reason: str) -> PydanticCustomError:
    # The sentence is a value, since the type demands a literal for the template.
    context = {"reason": reason, "sentence": FAULTS[reason]}
    return PydanticCustomError("email_invalid", "{sentence}", context)


def _with_mail(value: str) -> str:
    """Domains that RFC 2606 reserves for tests and examples get no mail."""
    reserved = value.endswith((".test", ".example", "@test"))
    if reserved and get_settings().environment is Environment.PRODUCTION:
        raise _invalid("no_mail")
    return value


def _visible(value: str) -> str:
    if addresses.has_invisible(addresses.split(value)[0]):
        raise PydanticCustomError(
            "email_has_invisible_characters",
            "The part before the @ has characters that cannot be seen. Type the address by hand.",
        )
    return value


def _name(value: str | None) -> str | None:
    """The name in NFC, without invisible characters at its ends. None if it is empty."""
    if value is None:
        return None
    name = names.trimmed(value)
    if names.has_control(name):
        raise PydanticCustomError(
            "name_invalid",
            "This name has a control character, such as a tab. Type it by hand.",
            {"reason": "control"},
        )
    if names.has_refused(name):
        raise PydanticCustomError(
            "name_invalid", "This name has a character that cannot be seen. Type it by hand."
        )
    return unicodedata.normalize("NFC", name).strip() or None


_Address = Annotated[
    str,
    Field(max_length=320, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
Email = Annotated[_Address, AfterValidator(normalize_email)]
"""The address of an account that may exist. Earlier releases accepted more addresses."""
NewEmail = Annotated[
    _Address,
    AfterValidator(_visible),
    AfterValidator(normalize_email),
    AfterValidator(_with_mail),
]
"""The address of a new account."""
_new_email = TypeAdapter(NewEmail)


def may_be_new(email: str) -> bool:
    """Whether a new account may have this address."""
    try:
        _new_email.validate_python(email)
    except ValidationError:
        return False
    return True


Name = Annotated[
    Annotated[str, Field(max_length=MAX_NAME_LENGTH)] | None,
    Field(examples=["Ada Lovelace"]),
    AfterValidator(_name),
]


def _not_empty(name: str | None) -> str | None:
    if name is None:
        raise PydanticCustomError("name_invalid", "Enter a name.")
    return name


RequiredName = Annotated[
    str, Field(max_length=MAX_NAME_LENGTH), AfterValidator(_name), AfterValidator(_not_empty)
]
"""The name of a thing, by the same rules. It cannot be empty."""
