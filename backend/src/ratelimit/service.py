"""Counts what is limited, in a short transaction of its own, before the work is begun.

Where the limits cannot be asked, the request is refused (`database_unavailable`): whoever could
bring the limits down would otherwise have none. That is logged and counted.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlmodel import Session

from src.database.database import ANSWER_WITHIN, in_transaction
from src.database.errors import DatabaseUnavailable
from src.kit import metrics
from src.kit.clock import now
from src.kit.problem import Problem
from src.policies import PATIENCE, Patience, Policy
from src.ratelimit import buckets, streaks
from src.ratelimit.errors import RateLimited, Reached
from src.ratelimit.keys import key_of
from src.settings import get_settings

log = logging.getLogger("postern.ratelimit")


@dataclass(frozen=True)
class Budget:
    """What one request draws on: buckets by policy, and wrong passwords in a row."""

    hits: tuple[tuple[str, str], ...] = ()
    """Names of policies, each with its subject."""
    patience: tuple[tuple[Patience, str], ...] = ()
    """Each with its subject."""
    is_due: Callable[[Session], bool] = lambda _: True
    """Whether the request may draw on it, where another one stands behind it."""


class Refusals:
    """Limits that were just found used up: refused again without asking the database."""

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
        """For as long from its first time: whoever keeps asking does not prolong it."""
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


refusals = Refusals()
_giving_back: set[asyncio.Task[None]] = set()
_counting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
SHARE = 3
"""One worker thread of so many may wait for the limits."""


async def count(*budgets: Budget) -> Budget | None:
    """Draw on the first budget that is due and not spent, or on the last; raise `RateLimited`.

    Gives the budget that was drawn on; None where there are no limits.
    """
    if not get_settings().rate_limits:
        return None
    try:
        refusals.check(_keys(budgets[0]))
        async with _turn():
            refusals.check(_keys(budgets[0]))
            return await in_transaction(_count, budgets)
    except RateLimited as refusal:
        metrics.rate_limited.labels(refusal.reached.policy).inc()
        refusals.remember(refusal.reached)
        raise
    except Exception as error:  # noqa: BLE001  it is raised as what it means
        _failed(error, "so a request was refused")
        raise error if isinstance(error, Problem) else DatabaseUnavailable from None


def give_back(budget: Budget | None) -> None:
    """What was counted was never done, for want of room or of a client.

    Best effort, and after the answer: whoever is refused has waited long enough.
    """
    if budget is not None:
        task = asyncio.create_task(_give_back_in_turn(budget))
        _giving_back.add(task)
        task.add_done_callback(_giving_back.discard)


async def _give_back_in_turn(budget: Budget) -> None:
    try:
        async with _turn():
            await in_transaction(_give_back, budget)
    except Exception as error:  # noqa: BLE001  it is told, and the refusal behind it counts
        _failed(error, "so what was counted stays counted")


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One of few of an event loop; raise `DatabaseUnavailable` where it does not come in time.

    Those who share a row wait for each other, and the worker threads are for all.
    """
    few = max(1, get_settings().db_pool_size // SHARE)
    turns = _counting.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(few))
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await turns.acquire()
    except TimeoutError:
        raise DatabaseUnavailable from None
    try:
        yield
    finally:
        turns.release()


def _failed(error: Exception, consequence: str) -> None:
    metrics.rate_limiter_failures.inc()
    if isinstance(error, Problem):  # its cause is told where it arose
        log.warning("the limits could not be asked (%s), %s", error.code, consequence)
    else:
        log.error("the limits could not be asked, %s", consequence, exc_info=error)


def succeed(db: Session, *budgets: Budget) -> None:
    """The password was right: failures are forgotten, and what guards against guessing anew."""
    _forget(db, *budgets, which=lambda policy: policy.guards_password)


def forget(db: Session, budget: Budget) -> None:
    """Begin anew with all of it."""
    _forget(db, budget, which=lambda _: True)


def _forget(db: Session, *budgets: Budget, which: Callable[[Policy], bool]) -> None:
    """In the order in which they are counted, so that nobody waits in a circle."""
    for policy, subject in dict.fromkeys(hit for budget in budgets for hit in _policies(budget)):
        if which(policy):
            buckets.forget(db, policy, subject)
    patience = {one for budget in budgets for one in budget.patience}
    for one, subject in sorted(patience, key=lambda entry: PATIENCE.index(entry[0])):
        streaks.end(db, one, subject)
    refusals.drop(key for budget in budgets for key in _keys(budget))


def _count(db: Session, budgets: Sequence[Budget]) -> Budget:
    *own, last = budgets
    for budget in own:
        if not _is_usable(db, budget):
            continue
        try:
            return _draw(db, budget)
        except RateLimited:
            if _is_usable(db, budget):
                raise
            # Used up by a request beside this one.
    return _draw(db, last)


def _draw(db: Session, budget: Budget) -> Budget:
    for policy, subject in _policies(budget):
        buckets.hit(db, policy, subject)
    with db.begin_nested():  # where one of them refuses, none has counted it
        for patience, subject in budget.patience:
            streaks.begin(db, patience, subject)
    return budget


def _give_back(db: Session, budget: Budget) -> None:
    for policy, subject in _policies(budget):
        buckets.give_back(db, policy, subject)
    for patience, subject in budget.patience:
        streaks.give_back(db, patience, subject)


def _is_usable(db: Session, budget: Budget) -> bool:
    spent = any(streaks.is_spent(db, patience, subject) for patience, subject in budget.patience)
    return not spent and budget.is_due(db)


def _policies(budget: Budget) -> list[tuple[Policy, str]]:
    policies = get_settings().rate_limit_policies
    return [(policies[name], subject) for name, subject in budget.hits]


def _keys(budget: Budget) -> list[bytes]:
    named = *budget.hits, *((patience.name, subject) for patience, subject in budget.patience)
    return [key_of(name, subject) for name, subject in named]
