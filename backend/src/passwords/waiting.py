"""What a request for a hash waits with: its place in the queue, its time, and its client."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import Receive

from src.passwords.fair_queue import Owner


@dataclass(frozen=True)
class Waiting:
    owner: Owner
    """Whose request it is, from the widest network to the person: each level takes turns."""
    known: bool = False
    """From a device on which the account was used before, or in a session. Goes first."""
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


def waiting_of(request: Request, *, owner: Owner) -> Waiting:
    return Waiting(owner, asked_at=time.monotonic(), receive=request.receive)
