"""One request that may take a hash: who sent it, how long it has waited, what bounds its work."""

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
        """In a line of its own: unknown devices at its address are not in its way."""
        line = f"{self.visitor.network}, known"
        return replace(self, waiting=replace(self.waiting, line=line))

    def unhurried(self) -> "Caller":
        """What follows a hash may wait as long as that did."""
        return replace(self, waiting=replace(self.waiting, asked_at=None))

    async def hash(self, password: str) -> str:
        return await self.gate.hash_password(password, self.waiting)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await self.gate.verify(password, password_hash, self.waiting)

    @asynccontextmanager
    async def drawing_on(self, *budgets: Budget) -> AsyncIterator[Budget | None]:
        """What ends in a hash: counted before it, and given back if none was begun.

        Gives the budget that was drawn on. A request that would find no room is refused before
        anything is asked of the database.
        """
        self.gate.refuse_if_full(self.waiting)
        budget = await self.limiter.count(*budgets)
        try:
            yield budget
        except (Overloaded, ClientDisconnect, SessionRevoked):
            self.limiter.give_back(budget)
            raise
