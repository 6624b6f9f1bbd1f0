"""Where passkeys work: the id of the relying party, and the origins whose pages may use them. Pure.

Both come from settings, and never from a request (WebAuthn Level 3, section 13.4.9).
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from src.kit.origins import normalized_origin

LOCAL = "localhost"


@dataclass(frozen=True)
class RelyingParty:
    id: str
    """A host. A passkey works on its pages, and on those of its subdomains."""
    origins: tuple[str, ...]


def relying_party(web_url: str, more: tuple[str, ...] = ()) -> RelyingParty | None:
    """None if browsers have no passkeys for this address, because its host is no domain name."""
    scheme, _, rest = web_url.partition("://")
    try:
        origin = normalized_origin(f"{scheme}://{rest.partition('/')[0]}")
    except ValueError:
        return None
    host = host_of(origin)
    if _is_address(host):
        return None
    return RelyingParty(host, tuple(dict.fromkeys((origin, *more))))


def refuse_foreign(rp_id: str, origin: str) -> None:
    """Raise `ValueError` unless browsers let pages of this origin use passkeys of `rp_id`."""
    host = host_of(origin)
    if host != rp_id and not host.endswith(f".{rp_id}"):
        raise ValueError(
            f"PASSKEY_ORIGINS: passkeys belong to {rp_id}, the host of WEB_URL. Name only origins "
            "of this host and its subdomains"
        )
    if not is_safe(origin):
        raise ValueError("PASSKEY_ORIGINS: must be https, except for localhost")


def is_safe(origin: str) -> bool:
    """Whether browsers have passkeys there: https, or this machine."""
    host = host_of(origin)
    return origin.startswith("https://") or host == LOCAL or host.endswith(f".{LOCAL}")


def host_of(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
