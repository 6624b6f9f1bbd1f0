"""An attempt to sign in collects proofs. One function completes it, for every way of signing in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel import Session

from src.auth.caller import Caller
from src.auth.devices import Device
from src.models import User
from src.ratelimit.budgets import Budget
from src.sessions.schemas import Tokens
from src.users.credentials import Credentials, CredentialsChanged

T = TypeVar("T")
U = TypeVar("U")


def nothing(_db: Session, _user: User) -> None:
    """The `record` of a proof that writes nothing."""


@dataclass(frozen=True)
class Proof:
    """One proof of who somebody is. `method` is its name in `amr` (RFC 8176)."""

    method: str
    settle: Callable[[Session, User], None] = nothing
    """Writes what the factor must record, in the transaction that completes the attempt."""
    proves_address: bool = False
    """Only who reads the mail of the account's address can give it."""


@dataclass(frozen=True)
class Attempt:
    caller: Caller
    credentials: Credentials
    """The account's credentials at the time of the first proof."""
    proofs: tuple[Proof, ...]
    budgets: tuple[Budget, ...] = ()
    """Limits against guessing, which are reset when the attempt succeeds."""
    device: Device | None = None


@dataclass(frozen=True)
class SignedIn:
    tokens: Tokens = field(repr=False)
    device_token: str = field(repr=False)


@dataclass(frozen=True)
class FactorRequired:
    """The proofs are right, but the account also needs one of these factors."""

    factors: tuple[str, ...]


async def again_if_changed(
    prove: Callable[[], Awaitable[T]], use: Callable[[T], Awaitable[U]]
) -> U:
    """Get a proof and use it. Repeat both if the account's password changed in between."""
    while True:
        try:
            return await use(await prove())
        except CredentialsChanged:
            continue
