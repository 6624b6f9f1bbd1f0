"""The head of a request, its first line and headers, is bounded here in size and in time.

uvicorn waits for the end of a head without a limit, and copies a long one again with every piece
of it. `protocols` uses this.
"""

import json
from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from src.kit.crypto import random_id
from src.kit.problem import Problem
from src.settings import get_settings
from src.web.errors import HeadersTooLarge, RequestTimeout
from src.web.responses import MEDIA_TYPE, on_every_answer, problem_body


@dataclass
class Bounds:
    size: int = 256 * 1024
    """Bytes. Far more than is accepted, so that most get the app's own, more telling answer."""
    seconds: float = 20.0
    """From the first byte to the last, and for a new connection to the first."""


bounds = Bounds()


class Connection(Protocol):
    """What uvicorn's protocol is."""

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
            self._connection.transport.write(answer(problem()))
            self._connection.transport.close()


def answer(problem: Problem) -> bytes:
    """A whole answer with this problem, where no app gives one. The connection ends after it."""
    api_url = get_settings().api_url
    body = problem_body(problem, api_url=api_url, request_id=random_id())
    content = json.dumps(body).encode()
    lines = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(content)}",
        f"x-request-id: {body['request_id']}",
        *(f"{name.lower()}: {value}" for name, value in on_every_answer(api_url).items()),
        "cache-control: no-store",
        "connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
