"""Bodies are read here, strictly (RFC 8259) and within bounds, before FastAPI sees them."""

import asyncio
import json
from email.message import Message as MimeMessage
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from src.kit.problem import FieldError
from src.web.errors import (
    MalformedJson,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
    ValidationFailed,
)

MAX_BODY = 64 * 1024  # bytes
MAX_NESTING = 32
MAX_NAMES = 100
"""The most names in one object, since each unknown name costs a field error."""
MAX_FIELD = 100
"""The most characters that are shown of a field's name."""
BODY_WITHIN = 10.0
"""Seconds for all of a body to arrive, from the end of the headers."""


class Body(BaseModel):
    """A body in which unknown fields are refused, and nothing is converted from another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


async def read_json(request: Request) -> None:
    """Read the body strictly, and put it where Starlette keeps it and FastAPI looks for it."""
    _require_json(request.headers.get("content-type", ""))
    body = await _read(request)
    request._body = body  # noqa: SLF001  Starlette's own cache of the body
    request._json = parse_json(body)  # noqa: SLF001


def _require_json(content_type: str) -> None:
    header = MimeMessage()
    header["content-type"] = content_type
    if not content_type or header.get_content_type() != "application/json":
        raise UnsupportedMediaType
    try:
        charset = str(header.get_param("charset", "utf-8"))
    except (TypeError, ValueError):  # a parameter split into parts (RFC 2231) that do not fit
        raise UnsupportedMediaType from None
    if charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("JSON is sent in UTF-8 (RFC 8259, section 8.1).")


async def _read(request: Request) -> bytes:
    """The whole body, if it is small and arrives in time; reading stops at the limits."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:12]) > MAX_BODY:
        raise PayloadTooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(request.app.state.body_within):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise PayloadTooLarge
    except TimeoutError:
        raise RequestTimeout from None
    return bytes(body)


def parse_json(body: bytes) -> Any:  # noqa: ANN401  JSON is any of its types
    """Strict JSON (RFC 8259) in UTF-8; raise `MalformedJson` if two parsers could differ.

    Raise `ValidationFailed` for a NUL character: it is valid JSON, but PostgreSQL cannot hold it.
    """
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff"):
            raise MalformedJson("The body begins with a byte order mark; send it without.")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        _refuse_unreadable(value)
    except UnicodeDecodeError:
        raise MalformedJson("The body is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise MalformedJson(f"The body is not valid JSON at {position}.") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets
        raise MalformedJson(
            "The body has a number that is too long, or is nested too deeply."
        ) from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_NAMES:
        raise MalformedJson(f"The body holds an object of more than {MAX_NAMES} names.")
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedJson("The body holds the same name twice in one object.")
    return result


def _refuse_constant(name: str) -> None:
    raise MalformedJson(f"The body holds {name}, which is not JSON.")


def _refuse_unreadable(value: object, path: tuple[str, ...] = ()) -> None:
    """Refuse text that PostgreSQL or UTF-8 cannot hold, and nesting deeper than any request's."""
    if len(path) > MAX_NESTING:
        raise MalformedJson("The body is nested too deeply.")
    if isinstance(value, str):
        _refuse_surrogates(value)
        if "\x00" in value:
            raise ValidationFailed(errors=(_nul(path),))
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_surrogates(name)
            _refuse_unreadable(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_unreadable(item, (*path, str(index)))


def _refuse_surrogates(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("The body holds half of a surrogate pair, which is not valid text.")


def _nul(path: tuple[str, ...]) -> FieldError:
    field = ".".join(path)[:MAX_FIELD] or "body"
    return FieldError(field, "nul_character", "Remove the NUL character.")
