"""Where user, password, hosts, database and query begin and end in the text of an address.

This reads libpq's own form, with several hosts. An unescaped "@" or "/" is accepted if only one
meaning is possible; otherwise it is refused, and the message names the possible places.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from src.database.urls.hosts import Host
from src.database.urls.parameters import FREE_TEXT, LITERAL, InvalidDatabaseUrl, is_known

FORM = "is not of the form postgresql://user:password@host:5432/database"
SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg2"})
PLACE = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<name>[^:\[\]@/?]*))(?::(?P<port>[0-9]*))?")
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Parts:
    """The decoded parts of the text; a missing part is None or empty."""

    user: str | None
    password: str | None
    hosts: tuple[Host, ...]
    database: str | None
    query: tuple[tuple[str, str], ...]


def split(text: str) -> Parts:
    """The parts; raise `InvalidDatabaseUrl`, which says what to change and quotes no text."""
    scheme, separator, body = text.partition("://")
    if not separator or not re.fullmatch(r"[\w+.-]+", scheme):
        raise InvalidDatabaseUrl(FORM)
    if scheme not in SCHEMES:
        raise InvalidDatabaseUrl("must begin with postgresql:// or postgres://")
    login, rest = _login(body)
    places, path, query = _cut(rest)
    hosts = hosts_in(places)
    if hosts is None:
        raise InvalidDatabaseUrl(FORM)
    user, colon, password = (login or "").partition(":")
    return Parts(
        user=decoded(user) or None,
        password=decoded(password) if colon else None,
        hosts=hosts,
        database=decoded(path) or None,
        query=tuple(_pairs(query)),
    )


def _login(body: str) -> tuple[str | None, str]:
    """User and password (None if there are none), and the rest after them."""
    places, _, _ = _cut(body)
    after = body[len(places) :]
    if "@" in after and not _belongs_to_the_query(after):
        return _login_with_a_slash(body, places)
    inside = places.count("@")
    if inside == 0 and "@" in after and hosts_in(places) is None:
        return _login_with_a_slash(body, places)
    login, at, hosts = places.rpartition("@")
    if inside > 1 and "@" in login.partition(":")[2]:
        raise _unescaped(places)
    return (login, hosts + after) if at else (None, body)


def _login_with_a_slash(body: str, places: str) -> tuple[str | None, str]:
    """A password may contain unescaped "/" and "?", if the text has only one "@" to end it."""
    if body.count("@") > 1:
        raise _unescaped(body)
    if ":" not in places:  # no password begins: the "@" is the database's or a parameter's
        return None, body
    login, _, rest = body.partition("@")
    return login, rest


def _unescaped(body: str) -> InvalidDatabaseUrl:
    """The refusal, with the places where the "@" can be."""
    places, path, query = _cut(body)
    possible = {
        "its user's name": "@" in places.partition(":")[0],
        "its password": ":" in places,
        "its database's name": "@" in path,
        "its query": "@" in query,
    }
    where = " or ".join(place for place, can_be in possible.items() if can_be)
    return InvalidDatabaseUrl(
        f"has an unescaped '@' in {where}: write '@' as %40 (and '%' as %25, '/' as %2F)"
    )


def _belongs_to_the_query(after: str) -> bool:
    """Whether every "@" is in a parameter that takes any text, and all parameters are known."""
    _, path, query = _cut(after)
    if "@" in path or not query:
        return False
    pairs = [pair.partition("=") for pair in query.split("&")]
    return all(
        is_known(name) and ("@" not in value or name in FREE_TEXT) for name, _, value in pairs
    )


def _cut(text: str) -> tuple[str, str, str]:
    """Up to the first "/" or "?", the path without its "/", and the query without its "?"."""
    places = re.split(r"[/?]", text, maxsplit=1)[0]
    path, _, query = text[len(places) :].partition("?")
    return places, path[1:], query


def hosts_in(places: str) -> tuple[Host, ...] | None:
    """The hosts of a list such as `one:5432,[::1]:5433`; None if it is no such list."""
    found = []
    for place in places.split(","):
        match = PLACE.fullmatch(place)
        if match is None or not is_port(match["port"]):
            return None
        port = int(match["port"]) if match["port"] else None
        found.append(Host(match["v6"] or decoded(match["name"]), port))
    return tuple(found)


def is_port(text: str | None) -> bool:
    """True for an empty text, too: it means the default port."""
    return not text or (
        text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= HIGHEST_PORT  # noqa: PLR2004  digits
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    """The parameters. "+" is a space, as SQLAlchemy writes it, except in a name or password."""
    found = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if pair:
            found.append((decoded(name), decoded(value if name in LITERAL else _spaced(value))))
    return found


def _spaced(value: str) -> str:
    return value.replace("+", " ")


def decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise InvalidDatabaseUrl(
            "has a '%' that no valid UTF-8 follows: write '%' itself as %25"
        ) from None
