"""Counts limited requests, in a short transaction of its own, before their work is begun.

If the limits cannot be asked, the request is refused (`database_unavailable`). Otherwise an
attacker could switch the limits off by overloading them. That is logged and counted.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from src.database.database import ANSWER_WITHIN, in_transaction
from src.database.errors import DatabaseUnavailable
from src.kit import metrics
from src.kit.clock import now
from src.kit.problem import Problem
from src.ratelimit import steps
from src.ratelimit.budgets import Budget
from src.ratelimit.errors import RateLimited, Reached
from src.settings import get_settings

log = logging.getLogger("postern.ratelimit")

SHARE = 3
"""One worker thread of so many may wait for the limits."""


class Refusals:
    """Limits that were just reached: refused again without asking the database."""

    KEEP = timedelta(seconds=5)
    MOST = 10_000

    def __init__(self) -> None:
        self._reached: OrderedDict[bytes, tuple[datetime, Reached]] = OrderedDict()

    def check(self, keys: Sequence[bytes]) -> None:
        at = now()
        for key in keys:
            forget_at, reached = self._reached.get(key, (at, None))
            if reached is not None and at < forget_at:
                raise RateLimited(reached, at)

    def remember(self, reached: Reached) -> None:
        """From its first time on: further requests do not prolong it."""
        at = now()
        forget_at, _ = self._reached.get(reached.key, (at, None))
        if at < forget_at:
            return
        self._reached[reached.key] = min(at + self.KEEP, reached.until), reached
        self._reached.move_to_end(reached.key)
        if len(self._reached) > self.MOST:
            self._reached.popitem(last=False)

    def drop(self, keys: Iterable[bytes]) -> None:
        for key in keys:
            self._reached.pop(key, None)

    def forget(self) -> None:
        self._reached.clear()


class Limiter:
    """The limits as one process asks them. Used on one event loop only."""

    def __init__(self, *, connections: int) -> None:
        self.refusals = Refusals()
        # Requests that share a row wait for each other. They must not take all worker threads.
        self._turns = asyncio.Semaphore(max(1, connections // SHARE))
        self._giving_back: set[asyncio.Task[None]] = set()

    async def count(self, *budgets: Budget) -> Budget | None:
        """Draw on the first budget that is due and not spent, or on the last; raise `RateLimited`.

        Gives the budget that was drawn on; None where there are no limits.
        """
        if not get_settings().rate_limits:
            return None
        try:
            self.refusals.check(budgets[0].keys)
            async with self._turn():
                self.refusals.check(budgets[0].keys)
                return await in_transaction(steps.count, budgets)
        except RateLimited as refusal:
            metrics.rate_limited.labels(refusal.reached.policy).inc()
            self.refusals.remember(refusal.reached)
            raise
        except Exception as error:  # noqa: BLE001  it is raised as what it means
            _failed(error, "so a request was refused")
            raise error if isinstance(error, Problem) else DatabaseUnavailable from None

    def give_back(self, budget: Budget | None) -> None:
        """Uncount a request whose work was never done: there was no room, or the client hung up.

        Best effort, and after the answer: a refused client has waited long enough.
        """
        if budget is not None:
            task = asyncio.create_task(self._give_back(budget))
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)

    async def succeed(self, *budgets: Budget) -> None:
        """The password was right: reset the limits against guessing."""
        await in_transaction(steps.succeed, *budgets)
        self.forget(*budgets)

    def forget(self, *budgets: Budget) -> None:
        """These were reset in the database: refuse none of them from memory."""
        self.refusals.drop(key for budget in budgets for key in budget.keys)

    async def _give_back(self, budget: Budget) -> None:
        try:
            async with self._turn():
                await in_transaction(steps.give_back, budget)
        except Exception as error:  # noqa: BLE001  it is logged, and the refusal behind it counts
            _failed(error, "so what was counted stays counted")

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of few; raise `DatabaseUnavailable` where it does not come in time."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._turns.acquire()
        except TimeoutError:
            raise DatabaseUnavailable from None
        try:
            yield
        finally:
            self._turns.release()


def _failed(error: Exception, consequence: str) -> None:
    metrics.rate_limiter_failures.inc()
    if isinstance(error, Problem):  # its cause is logged where it arose
        log.warning("the limits could not be asked (%s), %s", error.code, consequence)
    else:
        log.error("the limits could not be asked, %s", consequence, exc_info=error)
