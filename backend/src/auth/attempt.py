"""An attempt to sign in collects proofs. One function completes it, for every way of signing in."""

from collections.abc import Awaitable, Callable, Mapping
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
    """One proof of who somebody is."""

    factor: str
    """The name of the factor, such as `totp`."""
    method: str
    """Its name in `amr` (RFC 8176), which several factors may share. A passkey may have two."""
    settle: Callable[[Session, User], None] = nothing
    """Writes what the factor must record, in the transaction in which the proof counts: it
    completes the attempt, or keeps it for the second factor. Raises a refusal if another request
    has used the proof.
    """
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
    trust_device: bool = False
    """Whether the person wants no second factor here for a while, after the one of this attempt."""


@dataclass(frozen=True)
class SignedIn:
    tokens: Tokens = field(repr=False)
    device_token: str = field(repr=False)


@dataclass(frozen=True)
class FactorRequired:
    """The proofs are right, but the account also needs one of these factors."""

    factors: tuple[str, ...]
    """Empty: it has none, and has to add one of `enrol`."""
    attempt: str = field(repr=False)
    """What the client sends with the next factor."""
    enrol: tuple[str, ...] = ()
    offers: Mapping[str, object] = field(default_factory=dict, repr=False)
    """What a client needs to ask for the factors: the options of passkeys."""


async def again_if_changed(
    prove: Callable[[], Awaitable[T]], use: Callable[[T], Awaitable[U]]
) -> U:
    """Get a proof and use it. Repeat both if the account's password changed in between."""
    while True:
        try:
            return await use(await prove())
        except CredentialsChanged:
            continue
