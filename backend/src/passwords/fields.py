"""A password as a field of a request. It is a `SecretStr`: no repr or log shows it."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from src.passwords.hashes import MAX_PASSWORD_LENGTH
from src.settings import get_settings


def _password(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) > MAX_PASSWORD_LENGTH:
        raise PydanticCustomError(
            "password_too_long",
            "Use at most {maximum} characters.",
            {"maximum": MAX_PASSWORD_LENGTH},
        )
    return value


def _new_password(value: SecretStr) -> SecretStr:
    """Check the length, in code points of the normal form. There is no other rule here."""
    length = len(unicodedata.normalize("NFKC", value.get_secret_value()))
    minimum = get_settings().min_password_length
    if length < minimum:
        raise PydanticCustomError(
            "password_too_short",
            "Use at least {minimum} characters. Length is what makes a password strong.",
            {"minimum": minimum},
        )
    return value


Password = Annotated[
    SecretStr,
    Field(
        examples=["testpass123"],
        json_schema_extra={"maxLength": MAX_PASSWORD_LENGTH},
    ),
    AfterValidator(_password),
]


class _MinLength:
    """For OpenAPI: the setting may be another in each service."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core_schema), "minLength": get_settings().min_password_length}


NewPassword = Annotated[Password, AfterValidator(_new_password), _MinLength()]
