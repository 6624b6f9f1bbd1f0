"""Limits of a request: how long its head may be, and which headers may occur only once."""

from starlette.types import Scope

from src.kit.problem import Problem
from src.web.errors import HeadersTooLarge, MalformedRequest

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
MAX_TARGET = 65_535
"""The most bytes of path and query, as in httptools."""
AT_MOST_ONCE = frozenset({b"host", b"authorization", b"content-type", b"content-length"})


def announces_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"").strip(b"0") != b"" or b"transfer-encoding" in headers


REFUSED = "refused_by_the_server"


def refuse(scope: Scope, problem: Problem) -> None:
    """The server refuses the request, and leaves the answer to the app's outermost layer."""
    scope["state"][REFUSED] = problem


def refused_by_the_server(scope: Scope) -> Problem | None:
    problem: Problem | None = scope.get("state", {}).get(REFUSED)
    return problem


def refusal_of_headers(scope: Scope) -> Problem | None:
    """Refuse headers that are too large, and ones that a proxy may have read differently."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    # A token that is too long is refused later, as an invalid token.
    sizes = [len(name) + len(value) for name, value in headers if name != b"authorization"]
    if len(headers) > MAX_HEADERS or sum(sizes) > MAX_HEADER_BYTES:
        return HeadersTooLarge()
    names = [name for name, _ in headers]
    single = [name for name in names if name in AT_MOST_ONCE]
    twice = len(single) > len(set(single))
    nowhere = scope["http_version"] == "1.1" and b"host" not in names
    two_lengths = b"content-length" in names and b"transfer-encoding" in names
    coded = b"transfer-encoding" in names and not _is_only_chunked(scope, headers)
    long = len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET
    if twice or nowhere or two_lengths or coded or _takes_chunks(headers) or long:
        return MalformedRequest()
    if b"upgrade" in names and announces_body(dict(headers)):
        return MalformedRequest("A request with a body cannot ask for another protocol, too.")
    return None


def _is_only_chunked(scope: Scope, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether `chunked` is the only coding of the body. HTTP/1.0 does not have it."""
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    return codings == [b"chunked"] and scope["http_version"] == "1.1"


def _takes_chunks(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether `TE` names `chunked`, which RFC 9112, section 7.4, forbids."""
    return any(b"chunked" in value.lower() for name, value in headers if name == b"te")
