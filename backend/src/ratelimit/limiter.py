"""Counts limited requests before their work begins, in short transactions of their own.

If the limits cannot be checked, the request is refused: with `overloaded` if there was no capacity,
with `database_unavailable` if the database did not answer. Otherwise an attacker could switch off
the limits by overloading them. Faults are logged and counted.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

from src.audit import events
from src.audit.events import Event
from src.database.database import in_transaction
from src.database.errors import DatabaseUnavailable
from src.kit import metrics
from src.kit.clock import now
from src.kit.flood import Flood
from src.kit.problem import Problem
from src.kit.repeats import Repeats
from src.ratelimit import steps
from src.ratelimit.budgets import Budget, Purpose
from src.ratelimit.errors import RateLimited, Reached
from src.settings import get_settings
from src.web.errors import Overloaded

log = logging.getLogger("postern.ratelimit")

SHARE = 3
"""For each purpose, one in this many worker threads may wait for the limits."""
WAIT = 0.8
"""Seconds that a request may wait to be counted."""


class Refusals:
    """Limits that were just reached. They refuse again without asking the database."""

    KEEP = timedelta(seconds=5)
    MOST = 10_000

    def __init__(self) -> None:
        self._reached: OrderedDict[bytes, tuple[datetime, Reached]] = OrderedDict()

    def check(self, keys: Sequence[bytes]) -> None:
        at = now()
        for key in keys:
            forget_at, reached = self._reached.get(key, (at, None))
            if reached is not None and at < forget_at <= at + self.KEEP:
                raise RateLimited(reached, at)

    def remember(self, reached: Reached) -> None:
        """Remember a limit from its first refusal on. Further requests do not extend that."""
        at = now()
        forget_at, _ = self._reached.get(reached.key, (at, None))
        if at < forget_at <= at + self.KEEP:
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
    """Checks the limits for one process. Used on one event loop only."""

    def __init__(self, *, connections: int) -> None:
        self.refusals = Refusals()
        self._flood = Flood()
        # Requests that share a row wait for each other. They must not take all worker threads, and
        # requests of one purpose must not wait for those of another.
        share = max(1, connections // SHARE)
        self._turns = {purpose: asyncio.Semaphore(share) for purpose in Purpose}
        self.repeats = Repeats(log)
        self._giving_back: set[asyncio.Task[None]] = set()

    def refuse_reached(self, budget: Budget) -> None:
        """Raise `RateLimited` if one of its limits was just reached. Asks no database."""
        if get_settings().rate_limits:
            with self._remembering(budget):
                self.refusals.check(budget.keys)

    async def count(self, *budgets: Budget) -> Budget | None:
        """Use the first budget that is due and not used up, or the last. Raises `RateLimited`.

        Returns the budget that was used. None if there are no limits.
        """
        if not get_settings().rate_limits:
            return None
        self.refuse_reached(budgets[0])
        try:
            async with self._turn(budgets[0].purpose):
                with self._remembering(budgets[0]):
                    self.refusals.check(budgets[0].keys)
                    return await in_transaction(steps.count, budgets)
        except (RateLimited, Overloaded):
            raise
        except Exception as error:  # noqa: BLE001  it is raised as what it means
            self._failed(error, "so a request was refused")
            raise error if isinstance(error, Problem) else DatabaseUnavailable from None

    def give_back(self, budget: Budget | None) -> None:
        """Undo the count of a request whose work was not done, after its answer. It may fail."""
        if budget is not None:
            task = asyncio.create_task(self._give_back(budget))
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)

    async def succeed(self, *budgets: Budget) -> None:
        """Reset the limits against guessing, after a right password."""
        await in_transaction(steps.succeed, *budgets)
        self.forget(*budgets)

    def forget(self, *budgets: Budget) -> None:
        """Forget that these limits were reached, because they were reset in the database."""
        self.refusals.drop(key for budget in budgets for key in budget.keys)

    def close(self) -> None:
        """Log the number of refusals that no line has shown yet."""
        for policy, count in self._flood.rest().items():
            events.record(Event.LIMIT_REACHED, policy=policy, count=count)

    async def _give_back(self, budget: Budget) -> None:
        try:
            async with self._turn(budget.purpose):
                await in_transaction(steps.give_back, budget)
        except Exception as error:  # noqa: BLE001  it is logged, and the refusal behind it counts
            self._failed(error, "so what was counted stays counted")

    @contextmanager
    def _remembering(self, budget: Budget) -> Iterator[None]:
        try:
            yield
        except RateLimited as refusal:
            metrics.rate_limited.labels(refusal.reached.policy).inc()
            self.refusals.remember(refusal.reached)
            if count := self._flood.note(refusal.reached.policy, now()):
                _reached(refusal.reached.policy, count, budget)
            raise

    @asynccontextmanager
    async def _turn(self, purpose: Purpose) -> AsyncIterator[None]:
        """One of a few places to ask the database. Raises `Overloaded` if none is free in time."""
        turns = self._turns[purpose]
        try:
            async with asyncio.timeout(WAIT):
                await turns.acquire()
        except TimeoutError:
            metrics.rate_limiter_overloads.inc()
            kind = f"overloaded {purpose}"
            words = "there was no capacity to count a request (%s), so it was refused"
            self.repeats.write(logging.WARNING, kind, words, purpose)
            raise Overloaded from None
        try:
            yield
        finally:
            turns.release()

    def _failed(self, error: Exception, consequence: str) -> None:
        if isinstance(error, Overloaded):
            return
        metrics.rate_limiter_failures.inc()
        if isinstance(error, Problem):  # its cause has already been logged
            words = "the limits could not be asked (%s), %s"
            self.repeats.write(logging.WARNING, error.code, words, error.code, consequence)
        else:
            log.error("the limits could not be asked, %s", consequence, exc_info=error)


def _reached(policy: str, count: int, budget: Budget) -> None:
    whose: dict[str, str | int] = {}
    if budget.user_id is not None:
        whose["user_id"] = budget.user_id
    if budget.account is not None:
        whose["address"] = events.digest(budget.account)
    events.record(Event.LIMIT_REACHED, policy=policy, count=count, **whose)
