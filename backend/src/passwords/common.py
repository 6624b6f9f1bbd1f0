"""Passwords that everybody tries first (NIST SP 800-63B-4, section 3.1.1.2)."""

import unicodedata
from functools import lru_cache

from src.passwords.errors import PasswordTooCommon
from src.settings import get_settings


def refuse_common(secret: str, email: str, *, field: str) -> None:
    if is_common(secret) or is_near(secret, email=email, service=get_settings().web_url):
        raise PasswordTooCommon(field)


def is_common(password: str) -> bool:
    """True for one of the 30,000 most used, whatever its capitals and however it was typed."""
    return _folded(password) in _common()


def is_near(password: str, *, email: str, service: str) -> bool:
    """True for the person's own address, a part of it, and the name or the address of the service.

    `service` is the address of the web app.
    """
    local, _, domain = _folded(email).rpartition("@")
    host = _folded(service).partition("://")[2].partition(":")[0]
    names = {"postern", _folded(email), local, domain, host, *domain.split("."), *host.split(".")}
    return _folded(password) in names


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password).casefold()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # it has none

    return frozenset(_folded(password) for password in FREQUENCY_LISTS["passwords"])
