"""SMTP_URL: which mail server delivers our mail, and how. Pure.

`smtp://` upgrades to TLS with STARTTLS (RFC 3207), and sends nothing if the server has none.
`smtps://` uses TLS from the first byte (RFC 8314). The server's certificate is always verified.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit


class Tls(StrEnum):
    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"
    """Only if the URL asks for it: anybody who sees the traffic can read each mail."""


PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}
SCHEMES = {"smtp": Tls.STARTTLS, "smtps": Tls.IMPLICIT}
SWITCH = "disable_starttls"


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int
    tls: Tls
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def smtp_server(url: str) -> SmtpServer:
    """Raises `ValueError` with a sentence that contains no part of the URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("must be like smtp://user:password@mail.example.com:587") from None
    if parts.scheme not in SCHEMES or not host or parts.path not in {"", "/"} or parts.fragment:
        raise ValueError("must be like smtp://user:password@mail.example.com:587")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("must have both a user and a password, or neither")
    tls = _tls(SCHEMES[parts.scheme], parts.query)
    return SmtpServer(
        host,
        port or PORTS[tls],
        tls,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )


def _tls(of_scheme: Tls, query: str) -> Tls:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if options.pop(SWITCH, "false") == "true":
        if of_scheme is Tls.IMPLICIT:
            raise ValueError(f"{SWITCH} belongs to smtp://; smtps:// uses no STARTTLS")
        of_scheme = Tls.NONE
    if options:
        raise ValueError(f"knows one option, {SWITCH}=true")
    return of_scheme
