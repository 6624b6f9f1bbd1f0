"""uvicorn's protocol on httptools, with our limits. `postern serve` passes it to uvicorn.

It overrides public methods only. Plain `uvicorn src.main:app` uses uvicorn's own classes and has
none of this (docs/limits-of-requests.md). uvicorn's other parser, h11, is not used: it accepts
folded headers, bare line feeds and a length that is given twice (docs/decisions/0034).
"""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from src.web.errors import MalformedRequest, TooManyConnections
from src.web.limits import refuse
from src.web.request_heads import Head, answer


class Bounded(HttpToolsProtocol):
    cycle: Any  # None before the first request
    head: Head | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        if self.limit_concurrency is not None:
            self.app = _with_room(self.app, server_state, self.limit_concurrency)
            self.limit_concurrency = None  # uvicorn would answer in plain text

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.head = Head(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.head is not None:
            self.head.grow(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.head is not None:
            self.head.end()
            self.head = None  # else a reference cycle keeps both in memory
        super().connection_lost(exc)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Drop trailers, which are no headers (RFC 9110, 6.5.1): no proxy has checked them."""
        if self.cycle is None or self.cycle.scope is not self.scope:
            super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's own words
        """Answer invalid HTTP with a problem document, unless another answer has started."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(answer(MalformedRequest()))
        self.transport.close()


def _with_room(app: ASGIApp, state: ServerState, limit: int) -> ASGIApp:
    """The app, for which requests above the limit of connections are marked as refused."""

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        if len(state.connections) > limit or len(state.tasks) > limit:
            refuse(scope, TooManyConnections())
        await app(scope, receive, send)

    return within
