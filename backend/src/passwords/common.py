"""Passwords that everybody tries first (NIST SP 800-63B-4, section 3.1.1.2)."""

import unicodedata
from functools import lru_cache

from src.passwords.errors import PasswordTooCommon
from src.settings import get_settings


def refuse_common(secret: str, email: str, *, field: str) -> None:
    settings = get_settings()
    near = is_near(secret, email=email, app_name=settings.app_name, web_url=settings.web_url)
    if near or is_common(secret):
        raise PasswordTooCommon(field)


def is_common(password: str) -> bool:
    """True for one of the 30,000 most used, whatever its capitals and however it was typed."""
    return _folded(password) in _common()


def is_near(password: str, *, email: str, app_name: str, web_url: str) -> bool:
    """True for the person's address, the app's name and the web app's host, or a part of these."""
    local, _, domain = _folded(email).rpartition("@")
    host = _folded(web_url).partition("://")[2].partition(":")[0]
    name = _folded(app_name)
    wholes = {_folded(email), local, domain, host, name, "".join(name.split())}
    return _folded(password) in wholes.union(domain.split("."), host.split("."), name.split())


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password).casefold()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # it has none

    return frozenset(_folded(password) for password in FREQUENCY_LISTS["passwords"])
