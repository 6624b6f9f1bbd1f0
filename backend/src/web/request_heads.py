"""The head of a request, its first line and headers, is bounded here in size and in time.

uvicorn waits for the end of a head for ever, copies a long one again with every piece of it
(httptools), or refuses it by the number of its pieces (h11), and says no more than 400 to what is
not HTTP. `uvicorn src.main:app` leaves no place for a server of our own, so its two parsers are
extended where they are, as long as this release of it (pyproject.toml) keeps their shape. The tests
of the protocol run against both.
"""

import json
from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from src.kit.crypto import random_id
from src.kit.problem import Problem
from src.settings import get_settings
from src.web.errors import HeadersTooLarge, MalformedRequest, RequestTimeout
from src.web.responses import MEDIA_TYPE, problem_body


@dataclass
class Bounds:
    size: int = 256 * 1024
    """Bytes. Far more than is accepted, so that most get the app's own, more telling answer."""
    seconds: float = 20.0
    """From the first byte to the last, and for a new connection to the first."""


bounds = Bounds()


class Connection(Protocol):
    """What both of uvicorn's parsers are."""

    loop: Any
    transport: Transport
    cycle: Any
    scope: Any


class Head:
    """The head that a connection waits for, if it does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = 0
        self._timer: TimerHandle | None = None
        self._before: Any = None
        """The request that was read last."""
        self._expect()

    def grow(self, size: int) -> None:
        """So many bytes were read, of this head or of what stands before it."""
        cycle = self._connection.cycle
        if cycle is None or cycle.response_complete:
            self._size += size
            if self._size > bounds.size:
                self._refuse(HeadersTooLarge)
            else:
                self._expect()
        elif cycle is not self._before or cycle.more_body:
            self.end()
        else:  # the next head, while the request before it is answered
            self._size += size
            if self._size > bounds.size:
                self._connection.transport.close()
        self._before = cycle

    def end(self) -> None:
        self._size = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expect(self) -> None:
        if self._timer is None:
            self._timer = self._connection.loop.call_later(bounds.seconds, self._give_up)

    def _give_up(self) -> None:
        if self._size:
            self._refuse(RequestTimeout)
        else:
            self._connection.transport.close()

    def _refuse(self, problem: type[Problem]) -> None:
        if not self._connection.transport.is_closing():
            self._connection.transport.write(_answer(problem()))
            self._connection.transport.close()


def _answer(problem: Problem) -> bytes:
    body = problem_body(problem, api_url=get_settings().api_url, request_id=random_id())
    content = json.dumps(body).encode()
    lines = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(content)}",
        f"x-request-id: {body['request_id']}",
        "cache-control: no-store",
        "connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def install() -> None:
    """Extend uvicorn's parsers, once."""
    parsers: tuple[Any, ...] = (HttpToolsProtocol, H11Protocol)
    for parser in parsers:
        if not hasattr(parser, "postern_head"):
            parser.postern_head = None
            _bound(parser)
            _ignore_upgrades(parser)
            _explain(parser)
            if parser is HttpToolsProtocol:
                _drop_trailers(parser)
            else:
                _read_long_heads(parser)


def _bound(parser: Any) -> None:  # noqa: ANN401  its methods are replaced
    made, received, lost = parser.connection_made, parser.data_received, parser.connection_lost

    def connection_made(self: Any, transport: Transport) -> None:  # noqa: ANN401
        made(self, transport)
        self.postern_head = Head(self)

    def data_received(self: Any, data: bytes) -> None:  # noqa: ANN401
        received(self, data)
        self.postern_head.grow(len(data))

    def connection_lost(self: Any, error: Exception | None) -> None:  # noqa: ANN401
        self.postern_head.end()
        self.postern_head = None  # a circle would keep both in memory until the next collection
        lost(self, error)

    parser.connection_made = connection_made
    parser.data_received = data_received
    parser.connection_lost = connection_lost


def _ignore_upgrades(parser: Any) -> None:  # noqa: ANN401
    """As RFC 9110, section 7.8, allows: nothing here speaks WebSocket, or anything but HTTP.

    uvicorn would give the connection away, and with it all bounds, the log and our answers.
    """
    parser._get_upgrade = lambda _: None  # noqa: SLF001
    parser._unsupported_upgrade_warning = lambda _: None  # noqa: SLF001


def _explain(parser: Any) -> None:  # noqa: ANN401
    """What is not HTTP gets a problem as everything else does, where an answer has not begun."""

    def send_400_response(self: Any, _message: str) -> None:  # noqa: ANN401
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_answer(MalformedRequest()))
        self.transport.close()

    parser.send_400_response = send_400_response


def _read_long_heads(parser: Any) -> None:  # noqa: ANN401
    """h11 takes more than 64 KiB if they come in one piece, which is chance: `bounds` decides."""
    made = parser.connection_made

    def connection_made(self: Any, transport: Transport) -> None:  # noqa: ANN401
        self.conn = h11.Connection(h11.SERVER, max_incomplete_event_size=2 * bounds.size)
        made(self, transport)

    parser.connection_made = connection_made


def _drop_trailers(parser: Any) -> None:  # noqa: ANN401
    """What follows a body is no header (RFC 9110, section 6.5.1): no proxy has looked at it."""
    header = parser.on_header

    def on_header(self: Any, name: bytes, value: bytes) -> None:  # noqa: ANN401
        if self.cycle is None or self.cycle.scope is not self.scope:
            header(self, name, value)

    parser.on_header = on_header
