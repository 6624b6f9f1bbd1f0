"""What guards a password against being guessed: the budgets that each way of trying it draws on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect

from src.auth import hash_gate
from src.auth.devices import Device
from src.client import Client
from src.errors import Overloaded
from src.policies import KNOWN_DEVICE, SESSION, STRANGERS
from src.ratelimit import service as limits
from src.ratelimit.service import Budget
from src.sessions.access_tokens import Claims


def as_stranger(account: str, client: Client) -> Budget:
    return Budget(
        hits=(
            ("signin_address", client.network),
            ("signin_account", account),
            ("signin_account_address", f"{account} {client.network}"),
        ),
        patience=STRANGERS,
        subject=account,
    )


def on_known_device(account: str, device: Device) -> Budget:
    """Of its own in every respect: also who shares an address with the guesser gets in."""
    subject = f"{account} {device.number.hex()}"
    return Budget(hits=(("signin_account", subject),), patience=KNOWN_DEVICE, subject=subject)


def in_session(claims: Claims) -> Budget:
    """Of one session: whoever holds its access token may not try passwords at will."""
    subject = f"{claims.user_id} {claims.session_id}"
    return Budget(hits=(("password_proof", subject),), patience=SESSION, subject=subject)


def of_signup(client: Client) -> Budget:
    return Budget(hits=(("signup_address", client.network),))


@asynccontextmanager
async def hashing(client: Client, *budgets: Budget) -> AsyncIterator[Budget | None]:
    """What ends in a hash: counted before anything else, and given back if no hash was begun.

    Who would find no room is refused before anything is asked of the database.
    """
    hash_gate.gate().refuse_if_full(client)
    budget = await limits.count(*budgets)
    try:
        yield budget
    except (Overloaded, ClientDisconnect):
        await limits.give_back(budget)
        raise
