"""Limits the size and the time of a request's head, which is its first line and its headers.

uvicorn waits for the end of a head without a limit, and copies a long head again for each piece.
`protocols` uses this.
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
    """Bytes. Far more than the app accepts, so that the app's own, better answer is usual."""
    seconds: float = 20.0
    """Seconds from the first byte to the last, or from the connection to its first byte."""


bounds = Bounds()


class Connection(Protocol):
    """The parts of uvicorn's protocol that are used here."""

    loop: Any
    transport: Transport
    cycle: Any
    scope: Any


class Head:
    """The head that a connection is waiting for, if any."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = 0
        self._timer: TimerHandle | None = None
        self._before: Any = None
        """The request that was read last."""
        self._expect()

    def grow(self, size: int) -> None:
        """Count bytes that were read, of this head or before it."""
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
    """A complete answer with this problem, if no app answers. The connection is then closed."""
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
