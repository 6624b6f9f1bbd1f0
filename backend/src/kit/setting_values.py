"""What a value of a setting must look like, and its one form. Pure."""

import re
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import SecretStr

from src.kit import brand_color
from src.kit import logo as logos
from src.kit.smtp_url import smtp_server

LONGEST_APP_NAME = 50
SCHEMA_NAME = re.compile(r"(?!pg_|information_schema$)[A-Za-z_][A-Za-z0-9_]{0,62}")


def app_name(text: str) -> str:
    """A name for titles and headings: one line, without invisible or control characters."""
    name = text.strip()
    if not name.isprintable() or not 0 < len(name) <= LONGEST_APP_NAME:
        raise ValueError(f"must have 1 to {LONGEST_APP_NAME} printable characters")
    return name


def base_address(url: str) -> str:
    """An absolute http(s) URL without a trailing slash, query, fragment or credentials."""
    scheme, separator, rest = url.rstrip("/").partition("://")
    if scheme not in {"http", "https"} or not separator or not rest:
        raise ValueError("must be an absolute http:// or https:// address")
    if any(mark in rest for mark in "?#@ "):
        raise ValueError("must not carry a query, a fragment or credentials")
    return f"{scheme}://{rest}"


def schema_name(name: str) -> str:
    """The name of a schema that is not PostgreSQL's own, and needs no escaping anywhere."""
    if not SCHEMA_NAME.fullmatch(name):
        raise ValueError(
            "must be a name of letters, digits and underscores, at most 63 characters long, and "
            "not one of PostgreSQL's own schemas"
        )
    return name


def safe_address(url: str) -> str:
    """Https, or http on this machine or to a private name: the Internet has none without a dot."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and host not in {"127.0.0.1", "::1"} and re.search(r"[.:]", host):
        raise ValueError("must be an https:// address, unless it is on this machine")
    return url


def sender(text: str | None) -> str | None:
    """An address with or without a name, such as Lanterns <accounts@example.com>."""
    if text is None:
        return None
    refusal = ValueError("must be like Lanterns <accounts@example.com>")
    name, _, address = text.strip().removesuffix(">").rpartition("<")
    try:
        valid = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise refusal from None
    if not name.isprintable() or valid.ascii_email is None:
        raise refusal
    return str(Address(name.strip(' "'), addr_spec=valid.ascii_email))


def checked_smtp_url(url: SecretStr) -> SecretStr:
    smtp_server(url.get_secret_value())
    return url


def existing_folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise ValueError("must be a folder that exists")
    return path


def color(text: str | None) -> str | None:
    return text and brand_color.color(text)


def logo(path: Path | None) -> Path | None:
    if path is not None:
        logos.read(path)
    return path


def page_address(url: str | None) -> str | None:
    """The address of a page of the adopter. In production, `Settings` refuses http."""
    return url if url is None else _link(url, "https", "http")


def support_address(url: str | None) -> str | None:
    return url if url is None else _link(url, "https", "http", "mailto")


def _link(url: str, *schemes: str) -> str:
    parts = urlsplit(url.strip())
    is_mail = parts.scheme == "mailto" and "@" in parts.path
    if parts.scheme not in schemes or not (parts.hostname or is_mail) or not url.isprintable():
        examples = ["https://example.com/page", "mailto:help@example.com"]
        raise ValueError(f"must be an address such as {' or '.join(examples[: len(schemes) - 1])}")
    if "@" in parts.netloc:
        raise ValueError("must not carry credentials")
    return url.strip()


def full_folder(path: Path | None) -> Path | None:
    """A folder that processes with other working directories read too."""
    if path is not None and not (path.is_absolute() and path.is_dir()):
        raise ValueError("must be the full path of a folder that exists")
    return path
