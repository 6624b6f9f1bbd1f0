"""All password hashing goes through this gate: on its own threads, bounded, fair, at low priority.

A hash uses a core for a large part of a second. Here it holds no database connection and no worker
thread. Requests wait less than a second for their turn: known devices first, then network by
network. If there are more requests than the machine can serve, it refuses some, so that everything
else stays fast.

When its turn comes, a request is counted against its limits and then hashed. While one hash runs,
the next request is counted, so no thread waits for the database.
"""

import asyncio
import math
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from starlette.requests import ClientDisconnect

from src.kit import metrics
from src.kit.crypto import random_bits
from src.passwords import common, hashes
from src.passwords.fair_queue import Full
from src.passwords.two_queues import TwoQueues
from src.passwords.waiting import Waiting
from src.settings import get_settings
from src.web.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")

WAIT = 0.8
"""Seconds that a request may wait for its turn. After that it is refused.

A known device waits longer if hashes are slow.
"""
KNOWN_WAIT = 3
"""In hashes. There are never more than two hashes before a known device."""
AHEAD = 1
"""How many more requests than threads have a turn: they are counted during other hashes."""
NICENESS = 10
"""The niceness of the threads, added to that of the process."""
LOWEST = 19
LONGEST_RETRY = 10
"""Seconds."""
START_WITHIN = 5.0
"""Seconds."""
DEAREST = 16
"""The highest cost that `BCRYPT_ROUNDS` may have. Our hashes have no higher one."""


class HashGate:
    """Runs slow functions on `threads` threads, for one event loop.

    Raises `Overloaded` if `queue` others of its kind wait, or after `wait` seconds. Raises
    `ClientDisconnect` if the client disconnects before its turn. A function that has started is
    always finished.
    """

    def __init__(self, *, threads: int, queue: int, wait: float = WAIT, ahead: int = AHEAD) -> None:
        self.wait = wait
        self._threads = threads
        self._free = threads + ahead
        self._waiting: TwoQueues[asyncio.Future[None]] = TwoQueues(queue)
        self._executor = ThreadPoolExecutor(threads, "hash", initializer=_lower_priority)
        self._start_threads()
        self._usual = 0.25
        """Seconds that a recent hash took."""
        self.dearest = 0
        metrics.hash_threads.set(threads)

    def _start_threads(self) -> None:
        """Start all threads now. Later the system may refuse one, and a job would wait forever."""
        all_there = threading.Barrier(self._threads)
        for _ in range(self._threads):
            self._executor.submit(all_there.wait, START_WITHIN)

    @asynccontextmanager
    async def turn(self, waiting: Waiting) -> AsyncIterator["Turn"]:
        """Wait for a turn. It ends with the block, or after a hash that is still running."""
        began = time.perf_counter()
        if self._free:
            self._free -= 1
        else:
            await self._wait(waiting)
        metrics.hash_wait_seconds.observe(time.perf_counter() - began)
        turn = Turn(self)
        try:
            yield turn
        finally:
            turn.end()

    async def run(self, waiting: Waiting, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        """Run something slow in a turn of its own."""
        async with self.turn(waiting) as turn:
            return await turn.run(work, *args, **kw)

    def begin(self, work: Callable[[], T], *, is_hash: bool = True) -> "Future[T]":
        """Run the work in a thread. Only hashes are measured: other work is much shorter."""
        if not is_hash:
            return self._executor.submit(work)
        return self._executor.submit(self._timed, work, asyncio.get_running_loop())

    def _timed(self, work: Callable[[], T], loop: asyncio.AbstractEventLoop) -> T:
        metrics.hash_running.inc()
        began = time.perf_counter()
        try:
            return work()
        finally:
            seconds = time.perf_counter() - began
            metrics.hash_running.dec()
            metrics.hash_seconds.observe(seconds)
            with suppress(RuntimeError):  # the loop has ended, so no request is waiting
                loop.call_soon_threadsafe(self.took, seconds)

    def took(self, seconds: float) -> None:
        """Note how long a hash took."""
        self._usual += (seconds - self._usual) / 8

    def cost_beside(self, password_hash: str | None) -> int:
        """The cost of a refusal: the current cost, or the highest cost of a hash so far.

        Stored hashes have a higher cost if `BCRYPT_ROUNDS` was lowered.
        """
        stored = hashes.cost_of(password_hash) if password_hash is not None else None
        self.dearest = max(self.dearest, min(stored or 0, DEAREST))
        return max(self.dearest, get_settings().bcrypt_rounds)

    def close(self) -> None:
        self._executor.shutdown(wait=True)

    async def _wait(self, waiting: Waiting) -> None:
        now = time.monotonic()
        left = max(0.0, self._longest_wait(waiting) - (now - (waiting.asked_at or now)))
        turn = asyncio.get_running_loop().create_future()
        try:
            displaced = self._waiting.push(waiting, turn)
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
                self.pass_on()
            raise
        finally:
            gone.cancel()
        if not self._leave(waiting, turn):
            await turn  # its turn, or the refusal if another request has displaced it
        elif gone.done() and not gone.cancelled():
            metrics.hash_refusals.labels("gone").inc()
            raise ClientDisconnect
        else:
            raise self._refusal("late")

    def _longest_wait(self, waiting: Waiting) -> float:
        """Where hashes are slow, known devices wait longer: one runs, and one may go before."""
        return max(self.wait, KNOWN_WAIT * self._usual) if waiting.known else self.wait

    def _leave(self, waiting: Waiting, turn: "asyncio.Future[None]") -> bool:
        """Leave the queue. False if its turn has come, or if another request has displaced it."""
        left = self._waiting.remove(waiting, turn)
        metrics.hash_queue_depth.set(len(self._waiting))
        return left

    def pass_on(self) -> None:
        """Give a turn that has ended to the next request."""
        try:
            turn = self._waiting.pop()
        except IndexError:
            self._free += 1
        else:
            turn.set_result(None)

    def _refusal(self, reason: str) -> Overloaded:
        """The refusal, with a time to try again. The time varies, so that clients spread."""
        metrics.hash_refusals.labels(reason).inc()
        seconds = math.ceil(len(self._waiting) * self._usual / self._threads)
        return Overloaded(retry_after=min(LONGEST_RETRY, max(1, seconds)) + random_bits(1))


class Turn:
    """The right to hash, one hash at a time."""

    def __init__(self, gate: HashGate) -> None:
        self._gate = gate
        self._job: Future[Any] | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        return await self._wait_for(self._gate.begin(partial(work, *args, **kw)))

    async def _wait_for(self, job: "Future[T]") -> T:
        self._job = job
        return await asyncio.wrap_future(job)

    async def refuse_common(self, password: str, own: tuple[str, ...], *, field: str) -> None:
        """Raise `PasswordTooCommon`."""
        work = partial(common.refuse_common, password, own, field=field)
        await self._wait_for(self._gate.begin(work, is_hash=False))

    async def hash_password(self, password: str) -> str:
        return await self.run(hashes.get_password_hash, password, get_settings().bcrypt_rounds)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """True if they match. If they do not, this takes the same time for every stored value."""
        cost = self._gate.cost_beside(password_hash)
        return await self.run(hashes.verify_evenly, password, password_hash, cost)

    def end(self) -> None:
        """Give the turn to the next request, at once or after the running hash."""
        if self._job is None or self._job.done():
            self._gate.pass_on()
            return
        loop = asyncio.get_running_loop()

        def ended(_job: "Future[Any]") -> None:
            with suppress(RuntimeError):  # the loop has ended, so no request is waiting
                loop.call_soon_threadsafe(self._gate.pass_on)

        self._job.add_done_callback(ended)


def _lower_priority() -> None:
    """On Linux a thread has its own niceness, so the event loop keeps its priority."""
    with suppress(AttributeError, OSError):
        nice = os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(LOWEST, nice))
