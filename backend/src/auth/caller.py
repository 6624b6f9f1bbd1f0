"""A request that may need a password hash: who sent it, since when it waits, what limits it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from starlette.requests import ClientDisconnect

from src.auth.factors.second import SecondFactor
from src.passwords.errors import Overloaded
from src.passwords.gate import HashGate
from src.passwords.waiting import Waiting
from src.ratelimit.budgets import Budget
from src.ratelimit.limiter import Limiter
from src.sessions.errors import SessionRevoked
from src.web.visitor import Visitor


@dataclass(frozen=True)
class Caller:
    visitor: Visitor
    waiting: Waiting
    gate: HashGate
    limiter: Limiter
    second_factors: tuple[SecondFactor, ...] = ()

    def on_known_device(self) -> "Caller":
        """Wait in a separate line, which requests of unknown devices do not delay."""
        line = f"{self.visitor.network}, known"
        return replace(self, waiting=replace(self.waiting, line=line))

    def unhurried(self) -> "Caller":
        """Restart the waiting time, for a second hash of the same request."""
        return replace(self, waiting=replace(self.waiting, asked_at=None))

    async def hash(self, password: str) -> str:
        return await self.gate.hash_password(password, self.waiting)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await self.gate.verify(password, password_hash, self.waiting)

    @asynccontextmanager
    async def drawing_on(self, *budgets: Budget) -> AsyncIterator[Budget | None]:
        """Count a request before its hash, and give the count back if no hash was begun.

        Gives the budget that was drawn on. If the queue is full, the request is refused before
        the database is asked.
        """
        self.gate.refuse_if_full(self.waiting)
        budget = await self.limiter.count(*budgets)
        try:
            yield budget
        except (Overloaded, ClientDisconnect, SessionRevoked):
            self.limiter.give_back(budget)
            raise
