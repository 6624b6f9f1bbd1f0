"""Which values of settings may be shown: a secret can stand in any of them by mistake."""

from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr, TypeAdapter, ValidationError

from src.database.endpoints import InvalidDatabaseUrl, parse, redacted
from src.settings import Settings


def is_secret(field: str) -> bool:
    annotation = Settings.model_fields[field].annotation
    return SecretStr in (annotation, *get_args(annotation))


def shown(field: str, text: str) -> str | None:
    """The value without secrets; None for a secret, and for a value that the setting refuses."""
    if field.startswith("database_url"):
        return address(text)
    if is_secret(field):
        return None
    info = Settings.model_fields[field]
    kind: Any = Annotated[info.annotation, None, *info.metadata]
    try:
        value = TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return None
    if isinstance(value, bool):
        return "on" if value else "off"
    return _plain(value, free=info.annotation is str or field.endswith("_url"))


def _plain(value: object, *, free: bool) -> str | None:
    """As text. Of free text only addresses, and of files only those that are there."""
    if isinstance(value, Path) and not value.exists():
        return None
    text = str(value)
    if free:
        return origin(text) if "://" in text else None
    return text


def origin(url: str) -> str:
    """An http address up to its port: a path can hold a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{'/…' if parts.path.strip('/') else ''}"


def address(url: str) -> str:
    """A database URL without its secrets."""
    try:
        return redacted(parse(url))
    except InvalidDatabaseUrl:
        return "an address that cannot be read"
