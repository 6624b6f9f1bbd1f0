"""Where Postern is, and what its tokens say about it: three settings, each checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class SettingsRefused(ValueError):  # noqa: N818  it names the fact
    """A setting is missing or wrong. The message says which one, and what to set."""


@dataclass(frozen=True)
class Settings:
    issuer: str
    """Exactly Postern's `API_URL`: the `iss` of every token."""
    internal_url: str
    """Where this service reaches Postern."""
    audience: str
    """The `aud` of every token that this service accepts."""

    @classmethod
    def checked(cls, issuer: str, internal_url: str | None, audience: str | None) -> "Settings":
        """Raise `SettingsRefused` for an address that cannot be one."""
        known = _address("POSTERN_ISSUER", issuer)
        inside = _address("POSTERN_INTERNAL_URL", internal_url) if internal_url else known
        return cls(known, inside, audience or known)

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        issuer = environment.get("POSTERN_ISSUER", "")
        if not issuer:
            raise SettingsRefused(
                "POSTERN_ISSUER is not set. Set it to Postern's API_URL, "
                "such as http://localhost:8000."
            )
        return cls.checked(
            issuer,
            environment.get("POSTERN_INTERNAL_URL"),
            environment.get("POSTERN_AUDIENCE"),
        )


def _address(setting: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsRefused(
            f"{setting} is {url!r}. It must be an address with http:// or https://, "
            "such as http://localhost:8000."
        )
    if any(mark in url for mark in "?#@ "):
        raise SettingsRefused(
            f"{setting} must not have a query, a fragment, a space or credentials."
        )
    return url.rstrip("/")
