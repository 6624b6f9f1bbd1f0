"""Worker threads for the database: as many as connections, and no request waits long for one.

The deadline of a unit of work begins in its thread. Without a bound on the wait before it, requests
would queue up behind statements that wait for a lock.
"""

import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from src.database.breaker import Breaker
from src.database.errors import DatabaseUnavailable
from src.kit.repeats import Repeats
from src.web.errors import Overloaded

T = TypeVar("T")

IN_USE = "all threads for the database are in use"
WAIT = 0.9
"""Seconds that a request waits for a thread."""
_repeats = Repeats(logging.getLogger("postern.database"))
_no_limit = anyio.CapacityLimiter(math.inf)


async def run(work: Callable[[], T], breaker: Breaker) -> T:
    """Run it in a worker thread. Raises `Overloaded` or `DatabaseUnavailable` if none is free."""
    threads = anyio.to_thread.current_default_thread_limiter()
    turn = object()
    try:
        threads.acquire_on_behalf_of_nowait(turn)
    except anyio.WouldBlock:
        await _wait(threads, turn, breaker)
    try:
        return await anyio.to_thread.run_sync(work, limiter=_no_limit)
    finally:
        threads.release_on_behalf_of(turn)


async def _wait(threads: anyio.CapacityLimiter, turn: object, breaker: Breaker) -> None:
    """If the database has answered nobody meanwhile, the database is the reason."""
    asked_at = time.monotonic()
    try:
        with anyio.fail_after(WAIT):
            await threads.acquire_on_behalf_of(turn)
    except TimeoutError:
        if not breaker.answered_since(asked_at):
            raise DatabaseUnavailable(log={"cause": IN_USE}) from None
        _repeats.write(logging.WARNING, "overloaded", "%s, so a request was refused", IN_USE)
        raise Overloaded from None
