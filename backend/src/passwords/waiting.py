"""What decides how a request waits for a hash: its owner, its time and its client."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import Receive

from src.passwords.fair_queue import Owner


@dataclass(frozen=True)
class Waiting:
    owner: Owner
    """The owner of the request, from the widest network to the person: each level takes turns."""
    known: bool = False
    """True for a session, or a device on which the account was used before. It goes first."""
    asked_at: float | None = None
    """The start of the wait, by `time.monotonic()`, if it begins with the request."""
    receive: Receive | None = field(default=None, repr=False, compare=False)

    async def gone(self) -> None:
        """Return when the client has disconnected. Its request must have been read completely."""
        if self.receive is None:
            await asyncio.Event().wait()
            return
        while (await self.receive())["type"] != "http.disconnect":
            pass


def waiting_of(request: Request, *, owner: Owner) -> Waiting:
    return Waiting(owner, asked_at=time.monotonic(), receive=request.receive)
