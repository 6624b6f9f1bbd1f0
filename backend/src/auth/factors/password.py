"""The password as a proof, at a sign-in or in a session."""

from collections.abc import Callable
from functools import partial

from sqlmodel import Session

from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.attempt import Attempt, Proof
from src.auth.caller import Caller, Drawn
from src.auth.devices import Device
from src.auth.errors import PROVE_AGAIN, InvalidCredentials
from src.database.database import in_transaction
from src.models import User
from src.passwords.gate import Turn
from src.passwords.hashes import needs_rehash
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.settings import get_settings
from src.users.addresses import address_key
from src.users.credentials import Credentials, find_credentials, require_credentials
from src.verification import steps as verification

NAME = "password"
METHOD = "pwd"
"""RFC 8176, section 2."""


async def begin(
    secret: str,
    *,
    email: str,
    caller: Caller,
    drawn: Drawn,
    device: Device | None,
) -> Attempt:
    """An attempt with the right password. All refusals are equal and take the same time."""
    credentials = await in_transaction(find_credentials, email)
    known_hash = credentials.password_hash if credentials else None
    user_id = credentials.user_id if credentials else None
    address = events.digest(address_key(email))
    # Hash even without an account or a password, so that all refusals take the same time.
    right = await drawn.turn.verify(secret, known_hash)
    if not right or credentials is None:
        reason = InvalidCredentials.code
        events.record(Event.SIGNIN_REFUSED, reason=reason, user_id=user_id, address=address)
        raise InvalidCredentials
    budgets = drawn.budgets
    if budgets:
        budgets = (*budgets, guessing.at_account(address_key(email), credentials.user_id))
    proof = Proof(NAME, METHOD, await _upgrade(secret, credentials, drawn.turn))
    return Attempt(caller, credentials, (proof,), budgets, device)


async def prove_again(
    claims: Claims,
    secret: str,
    caller: Caller,
    *,
    look_up: Callable[[Session, Claims], Credentials] = require_credentials,
) -> Credentials:
    """The bearer's credentials, after a check of the password. Raises `InvalidCredentials`.

    `look_up` may refuse for another reason before the password is checked.
    """
    asking = caller.known_by(str(claims.user_id))
    async with asking.drawing_on(guessing.in_session(claims)) as drawn:
        credentials = await in_transaction(look_up, claims)
        whose = {"user_id": claims.user_id, "session_id": claims.session_id}
        with events.recording(Event.PROOF_REFUSED, InvalidCredentials, **whose):
            if not await drawn.turn.verify(secret, credentials.password_hash):
                raise InvalidCredentials("The password is not right.", headers=PROVE_AGAIN)
    events.record(Event.PROOF_SUCCEEDED, **whose)
    if drawn.budgets:
        await caller.limiter.succeed(*drawn.budgets)
    return credentials


async def _upgrade(secret: str, credentials: Credentials, turn: Turn) -> partial[None]:
    """Replace a stored hash that has an old form or another cost."""
    better = None
    stored = credentials.password_hash
    if stored is not None and needs_rehash(stored, get_settings().bcrypt_rounds):
        better = await turn.hash_password(secret)
    return partial(_store, better)


def _store(better: str | None, db: Session, user: User) -> None:
    if better is not None:
        old_hash, user.password_hash = user.password_hash, better
        sessions.follow_password(db, user.id, old_hash=old_hash, new_hash=better)
        verification.follow_password(db, user.id, old_hash=old_hash, new_hash=better)
