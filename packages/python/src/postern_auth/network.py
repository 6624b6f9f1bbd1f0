"""How this package reaches Postern. Tests put a Postern in memory in its place."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx

ANSWER_WITHIN = 3.0
"""Seconds for each step of a request to Postern."""
LONGEST_ANSWER = 256 * 1024
"""Bytes; a key set has about 1,000, and a profile less."""

_in_memory: httpx.MockTransport | None = None


@contextmanager
def answered_by(transport: httpx.MockTransport) -> Iterator[None]:
    """Within, no request leaves this process: `transport` answers all of them."""
    global _in_memory  # noqa: PLW0603  one process has one network
    before, _in_memory = _in_memory, transport
    try:
        yield
    finally:
        _in_memory = before


def in_use() -> httpx.MockTransport | None:
    """The Postern in memory, or None for the network."""
    return _in_memory


def get(url: str) -> httpx.Response:
    with (
        httpx.Client(transport=_in_memory, verify=_tls(), timeout=ANSWER_WITHIN) as client,
        client.stream("GET", url) as answer,
    ):
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > LONGEST_ANSWER:
                raise httpx.DecodingError(f"the answer is longer than {LONGEST_ANSWER} bytes")
        return httpx.Response(
            answer.status_code, headers=_kept(answer), content=bytes(body), request=answer.request
        )


def asynchronous() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=_in_memory, verify=_tls(), timeout=ANSWER_WITHIN)


def _kept(answer: httpx.Response) -> dict[str, str]:
    """Headers that still hold for a body that is decoded."""
    return {name: answer.headers[name] for name in ("Cache-Control",) if name in answer.headers}


@cache
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes longer than a request."""
    return httpx.create_ssl_context()
