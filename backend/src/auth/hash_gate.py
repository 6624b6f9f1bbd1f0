"""The one door to password hashing: bounded, beside the event loop, at a lower priority.

Hashing takes a core for a good part of a second. Here it holds no database connection and no
worker thread, and more of it than the machine can do is refused at once instead of queued.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from typing import ParamSpec, TypeVar

from src.auth import auth_handler
from src.errors import Overloaded
from src.settings import get_settings

P = ParamSpec("P")
T = TypeVar("T")

QUEUE_PER_THREAD = 64
"""Waiting hashes per thread, at most."""
WAIT = 1.0
"""Seconds that a hash may wait for its turn; who has not begun by then is refused."""
NICENESS = 10


class HashGate:
    """Runs slow functions on `threads` threads.

    Raises `Overloaded` at once past `queue` waiting ones, and past `WAIT` for who still waits.
    """

    def __init__(self, *, threads: int, queue: int) -> None:
        self._limit = threads + queue
        self._inside = 0
        self._executor = ThreadPoolExecutor(threads, "hash", initializer=_lower_priority)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._inside >= self._limit:
            raise Overloaded
        self._inside += 1
        job = self._executor.submit(work, *args, **kwargs)
        try:
            result = asyncio.wrap_future(job)
            done, _ = await asyncio.wait({result}, timeout=WAIT)
            if not done and job.cancel():  # false for one that runs: that one is waited for
                raise Overloaded
            return await result
        finally:
            job.cancel()  # who hangs up leaves the queue
            self._inside -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=True)


def _lower_priority() -> None:
    """A thread has a niceness of its own on Linux, so the event loop goes first."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


@lru_cache
def gate() -> HashGate:
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return HashGate(threads=threads or 1, queue=(threads or 1) * QUEUE_PER_THREAD)


def close() -> None:
    """Finish what was begun; the next hash opens a new gate."""
    if gate.cache_info().currsize:
        gate().close()
        gate.cache_clear()


async def hash_password(password: str) -> str:
    return await gate().run(auth_handler.get_password_hash, password, get_settings().bcrypt_rounds)


async def verify(password: str, password_hash: str | None) -> bool:
    """True if they match. Without a usable hash the same work is done, in the same time."""
    if password_hash is None or not auth_handler.is_hash(password_hash):
        password_hash = auth_handler.dummy_hash(get_settings().bcrypt_rounds)
    return await gate().run(auth_handler.verify_password, password, password_hash)
