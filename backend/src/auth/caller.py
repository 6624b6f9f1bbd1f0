"""A request that may need a password hash: its sender, its waiting time and its limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from src.auth.errors import EmailNotVerified
from src.kit.problem import Problem
from src.passwords.breached.breached import BreachedPasswords
from src.passwords.gate import HashGate, Turn
from src.passwords.waiting import Waiting
from src.ratelimit.budgets import Budget
from src.ratelimit.limiter import Limiter
from src.sessions.errors import ReauthenticationRequired, SessionRevoked
from src.sessions.second_factors import SecondFactors
from src.web.errors import InternalError
from src.web.visitor import Visitor


@dataclass(frozen=True)
class Caller:
    visitor: Visitor
    waiting: Waiting
    gate: HashGate
    limiter: Limiter
    breached: BreachedPasswords
    second_factors: SecondFactors = ()

    def known_by(self, account: str) -> "Caller":
        """Wait in the queue of known devices, by account, where unknown devices do not delay it.

        Networks do not count there: an attacker with many of them would have the turns of many.
        """
        return replace(self, waiting=replace(self.waiting, owner=(account,), known=True))

    def unhurried(self) -> "Caller":
        """Start the waiting time again, for a second hash of the same request."""
        return replace(self, waiting=replace(self.waiting, asked_at=None))

    async def refuse_common(self, password: str, own: tuple[str, ...], *, field: str) -> None:
        """Raise `PasswordTooCommon`, before any hash is made and any row is stored."""
        async with self.gate.turn(self.waiting) as turn:
            await turn.refuse_common(password, own, field=field)

    async def hash(self, password: str) -> str:
        async with self.gate.turn(self.waiting) as turn:
            return await turn.hash_password(password)

    @asynccontextmanager
    async def drawing_on(self, *budgets: Budget) -> AsyncIterator["Drawn"]:
        """Wait for a turn to hash, and count the request then. So an unchecked one is not counted.

        Raises `Overloaded` before it asks the database, and `RateLimited`. The count is undone if
        the request fails for another reason than its password or its fields: the session had
        ended, or the database did not answer. So an outage locks nobody out.
        """
        self.limiter.refuse_reached(budgets[0])
        async with self.gate.turn(self.waiting) as turn, self.counting(*budgets) as counted:
            yield Drawn(turn, counted)

    @asynccontextmanager
    async def counting_refused(self, refusal: type[Problem], budget: Budget) -> AsyncIterator[None]:
        """Count the request if it ends with this refusal, and no other one. Raises `RateLimited`.

        So many requests that are refused use up nothing of those that are right.
        """
        try:
            yield
        except refusal:
            await self.limiter.count(budget)
            raise

    @asynccontextmanager
    async def counting(self, *budgets: Budget) -> AsyncIterator[tuple[Budget, ...]]:
        """Count the request now. Gives the budgets that success resets: none without limits.

        Raises `RateLimited`. Undoes the count as `drawing_on` says.
        """
        budget = await self.limiter.count(*budgets)
        try:
            yield budgets if budget else ()
        except Exception as error:
            if not _is_verdict(error):
                self.limiter.give_back(budget)
            raise


def _is_verdict(error: Exception) -> bool:
    """Whether it refuses what the request says, and not only because something is amiss here."""
    of_the_account = SessionRevoked, EmailNotVerified, ReauthenticationRequired
    if not isinstance(error, Problem) or isinstance(error, of_the_account):
        return False
    return error.status < InternalError.status


@dataclass(frozen=True)
class Drawn:
    """The turn to hash of a request that was counted."""

    turn: Turn
    budgets: tuple[Budget, ...]
    """The budget that the right password resets. None if there are no limits."""
