"""What may be shown of a setting's value: a secret can stand in any of them, by mistake."""

from typing import Annotated, Any, get_args
from urllib.parse import urlsplit


def is_secret(field: str) -> bool:
    from pydantic import SecretStr

    from src.settings import Settings

    annotation = Settings.model_fields[field].annotation
    return SecretStr in (annotation, *get_args(annotation))


def shown(field: str, text: str) -> str | None:
    """The value in a form without secrets; None for a secret, and for what the setting refuses."""
    from pydantic import TypeAdapter, ValidationError

    from src.settings import Settings

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
    if info.annotation is str:  # free text, but for addresses
        return origin(value) if "://" in value else None
    return str(value)


def origin(url: str) -> str:
    """An http address as far as its port: a path can hold a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{'/…' if parts.path.strip('/') else ''}"


def address(url: str) -> str:
    """A database URL without its secrets."""
    from src.database.endpoints import InvalidDatabaseUrl, parse, redacted

    try:
        return redacted(parse(url))
    except InvalidDatabaseUrl:
        return "an address that cannot be read"
