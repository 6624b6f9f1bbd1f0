"""Origins as browsers send them (RFC 6454): scheme, host and port, in one spelling. Pure."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
LABEL = re.compile(r"[a-z0-9_-]{1,63}")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""Browsers take a host that ends with such a label for an IPv4 address (WHATWG URL)."""


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
    if port == 0:
        raise ValueError("has the port 0, at which nothing can answer")
    suffix = "" if port in {None, DEFAULT_PORTS[url.scheme]} else f":{port}"
    return f"{url.scheme}://{_ipv6(host) if '[' in text else _name(host)}{suffix}"


def _has_more(url: SplitResult, text: str) -> bool:
    return url.path not in {"", "/"} or any(mark in text for mark in "?#@\\")


def _ipv6(host: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError:
        raise ValueError("must be an origin such as https://app.example.com") from None
    if address.scope_id is not None:
        raise ValueError("must have an IPv6 address without a zone")
    if (mapped := address.ipv4_mapped) is None:
        return f"[{address.compressed}]"
    high, low = divmod(int(mapped), 1 << 16)  # newer releases of Python write ::ffff:127.0.0.1
    return f"[::ffff:{high:x}:{low:x}]"


def _name(host: str) -> str:
    """In lower case, and in the A-labels of IDNA (UTS 46) if it has other letters than ASCII."""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("has a host that is no domain name") from None
    labels = name.removesuffix(".").split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    if not all(LABEL.fullmatch(label) and _can_be_shown(label) for label in labels):
        raise ValueError("has a host that is no domain name")
    return name


def _ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError:
        raise ValueError(
            "must have an IPv4 address as browsers send it, such as 127.0.0.1"
        ) from None


def _can_be_shown(label: str) -> bool:
    """Whether it is not an A-label, or one that browsers accept: of valid letters in one form."""
    if not label.startswith("xn--"):
        return True
    encoded = label.removeprefix("xn--")
    try:
        shown = encoded.encode().decode("punycode")
        same = idna.uts46_remap(shown, std3_rules=False) == shown
        return same and not shown.isascii() and shown.encode("punycode").decode() == encoded
    except UnicodeError:
        return False
