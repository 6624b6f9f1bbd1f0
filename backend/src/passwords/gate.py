"""All password hashing goes through this gate: on its own threads, bounded, fair, at low priority.

Hashing takes a core for a good part of a second. Here it holds no database connection and no
worker thread. Requests take turns by network address, and wait less than a second. What
is more than the machine can do is refused, so that everything else stays fast.
"""

import asyncio
import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from starlette.requests import ClientDisconnect

from src.kit import metrics
from src.kit.crypto import random_bits
from src.passwords import hashes
from src.passwords.errors import Overloaded
from src.passwords.fair_queue import FairQueue, Full
from src.passwords.waiting import Waiting
from src.settings import get_settings

P = ParamSpec("P")
T = TypeVar("T")

WAIT = 0.8
"""Seconds that a request may wait for its turn; after that it is refused."""
NICENESS = 10
"""Added to that of the process."""
LOWEST = 19
LONGEST_RETRY = 10
"""Seconds."""
START_WITHIN = 5.0
"""Seconds."""
DEAREST = 16
"""The highest cost that `BCRYPT_ROUNDS` may have; higher ones are not ours."""


class HashGate:
    """Runs slow functions on `threads` threads, for one event loop.

    Raises `Overloaded` where `queue` others wait, or after `wait` seconds; `ClientDisconnect`
    where the client hung up before its turn came. What has begun is finished in any case.
    """

    def __init__(self, *, threads: int, queue: int, wait: float = WAIT) -> None:
        self.wait = wait
        self._threads = threads
        self._free = threads
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue(queue)
        self._executor = ThreadPoolExecutor(threads, "hash", initializer=_lower_priority)
        self._start_threads()
        self._usual = 0.25
        """Seconds that a hash took lately."""
        self.dearest = 0
        metrics.hash_threads.set(threads)

    def _start_threads(self) -> None:
        """Start all threads now: later the system may refuse one, and a job would wait for ever."""
        all_there = threading.Barrier(self._threads)
        for _ in range(self._threads):
            self._executor.submit(all_there.wait, START_WITHIN)

    def refuse_if_full(self, waiting: Waiting) -> None:
        """Raise `Overloaded` if `run` would, before anything else is done for this client."""
        if not self._free and not self._waiting.has_room_for(waiting.line):
            raise self._refusal("full")

    async def run(self, waiting: Waiting, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        await self._turn(waiting)
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        job = self._executor.submit(work, *args, **kw)

        def done(_job: "Future[T]") -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(self._finished, time.perf_counter() - began)

        job.add_done_callback(done)
        metrics.hash_running.inc()
        return await asyncio.wrap_future(job)

    async def hash_password(self, password: str, waiting: Waiting) -> str:
        rounds = get_settings().bcrypt_rounds
        return await self.run(waiting, hashes.get_password_hash, password, rounds)

    async def verify(self, password: str, password_hash: str | None, waiting: Waiting) -> bool:
        """True if they match. What does not match takes the same time, whatever is stored."""
        cost = self.cost_beside(password_hash)
        return await self.run(waiting, hashes.verify_evenly, password, password_hash, cost)

    def cost_beside(self, password_hash: str | None) -> int:
        """The cost of a refusal: the current one, or that of the dearest hash seen so far.

        Hashes are dearer than the current cost where `BCRYPT_ROUNDS` was lowered.
        """
        stored = hashes.cost_of(password_hash) if password_hash is not None else None
        self.dearest = max(self.dearest, min(stored or 0, DEAREST))
        return max(self.dearest, get_settings().bcrypt_rounds)

    def close(self) -> None:
        self._executor.shutdown(wait=True)

    async def _turn(self, waiting: Waiting) -> None:
        """Return with a thread to use; `_finished` gives it back."""
        began = time.perf_counter()
        if self._free:
            self._free -= 1
        else:
            await self._wait(waiting)
        metrics.hash_wait_seconds.observe(time.perf_counter() - began)

    async def _wait(self, waiting: Waiting) -> None:
        now = time.monotonic()
        left = max(0.0, self.wait - (now - (waiting.asked_at or now)))
        turn = asyncio.get_running_loop().create_future()
        try:
            displaced = self._waiting.push(waiting.line, turn)
        except Full:
            raise self._refusal("full") from None
        if displaced is not None:
            displaced.set_exception(self._refusal("displaced"))
        metrics.hash_queue_depth.set(len(self._waiting))
        gone = asyncio.ensure_future(waiting.gone())
        try:
            await asyncio.wait({turn, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not self._leave(waiting, turn) and turn.exception() is None:
                self._pass_on()
            raise
        finally:
            gone.cancel()
        if not self._leave(waiting, turn):
            await turn  # a thread, or the refusal of a displaced request
        elif gone.done() and not gone.cancelled():
            metrics.hash_refusals.labels("gone").inc()
            raise ClientDisconnect
        else:
            raise self._refusal("late")

    def _leave(self, waiting: Waiting, turn: "asyncio.Future[None]") -> bool:
        """Leave the queue; false where the turn has come, or was taken away."""
        left = self._waiting.remove(waiting.line, turn)
        metrics.hash_queue_depth.set(len(self._waiting))
        return left

    def _finished(self, seconds: float) -> None:
        metrics.hash_running.dec()
        metrics.hash_seconds.observe(seconds)
        self._usual += (seconds - self._usual) / 8
        self._pass_on()

    def _pass_on(self) -> None:
        """The thread is free for the next request."""
        try:
            turn = self._waiting.pop()
        except IndexError:
            self._free += 1
        else:
            turn.set_result(None)

    def _refusal(self, reason: str) -> Overloaded:
        """With a time after which there may be room. It varies, to spread the clients."""
        metrics.hash_refusals.labels(reason).inc()
        seconds = math.ceil(len(self._waiting) * self._usual / self._threads)
        return Overloaded(retry_after=min(LONGEST_RETRY, max(1, seconds)) + random_bits(1))


def _lower_priority() -> None:
    """A thread has a niceness of its own on Linux, so the event loop goes first."""
    with suppress(AttributeError, OSError):
        nice = os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(LOWEST, nice))
