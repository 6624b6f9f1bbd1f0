"""What a request for a hash waits with: its line in the queue, its time, and its client."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import Receive


@dataclass(frozen=True)
class Waiting:
    line: str
    """The requests of one line take turns; two of them wait at most."""
    asked_at: float | None = None
    """By `time.monotonic()`, for waits that begin with the request."""
    receive: Receive | None = field(default=None, repr=False, compare=False)

    async def gone(self) -> None:
        """Return when the client has hung up. Its request must have been read to the end."""
        if self.receive is None:
            await asyncio.Event().wait()
            return
        while (await self.receive())["type"] != "http.disconnect":
            pass


def waiting_of(request: Request, *, line: str) -> Waiting:
    return Waiting(line, time.monotonic(), request.receive)
