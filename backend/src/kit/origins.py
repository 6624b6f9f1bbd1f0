"""Origins as browsers send them (RFC 6454): scheme, host and port, in one spelling. Pure."""

from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}


def normalized_origin(text: str) -> str:
    """The origin in the one spelling that a browser sends; ValueError if no browser sends it."""
    if text == "null":
        raise ValueError("null is the origin of any sandboxed page, so it cannot be allowed")
    if "*" in text:
        raise ValueError("must name each origin: a wildcard is not supported")
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        raise ValueError("must be an origin such as https://app.example.com") from None
    if url.scheme not in DEFAULT_PORTS or not host:
        raise ValueError("must be an origin such as https://app.example.com")
    if _has_more(url, text):
        raise ValueError("must end after the host and port: no path, query, fragment or user")
    suffix = "" if port in {None, DEFAULT_PORTS[url.scheme]} else f":{port}"
    return f"{url.scheme}://{_host(host)}{suffix}"


def _has_more(url: SplitResult, text: str) -> bool:
    return url.path not in {"", "/"} or any(mark in text for mark in "?#@\\")


def _host(host: str) -> str:
    """In lower case, and in the A-labels of IDNA (UTS 46) if it has other letters than ASCII."""
    if ":" in host:
        return f"[{IPv6Address(host).compressed}]"
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("has a host that is no domain name") from None
