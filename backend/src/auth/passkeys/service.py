"""Signing in with a passkey alone: it has checked who its person is, so it is two factors."""

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from src.audit import events
from src.audit.events import Event
from src.auth import devices, guessing, steps
from src.auth.attempt import (
    Attempt,
    FactorRequired,
    Proof,
    SignedIn,
    again_if_changed,
)
from src.auth.caller import Caller
from src.auth.devices import Device
from src.auth.factors import passkey as passkeys
from src.auth.passkeys import challenges, options
from src.auth.passkeys.challenges import SIGN_IN
from src.auth.passkeys.errors import REFUSALS, PasskeyInvalid, PasskeyUnknown
from src.auth.passkeys.fields import Assertion
from src.auth.passkeys.options import Options
from src.auth.service import complete, require_signed_in
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.kit.clock import now
from src.models import Passkey, User
from src.ratelimit.limiter import Limiter
from src.sessions.access_tokens import Claims
from src.settings import get_settings
from src.users.credentials import Credentials
from src.web.visitor import Visitor


async def ask(visitor: Visitor, limiter: Limiter) -> Options:
    """Options for any passkey of this website. Stores no challenge, since anybody can ask."""
    options.party()
    await limiter.count(guessing.of_passkey_options(visitor))
    return options.to_use(challenges.new(SIGN_IN), verification=True)


async def ask_in_session(claims: Claims) -> Options:
    return await in_transaction(steps.offer_passkeys, claims)


async def signin(
    sent: Assertion, *, caller: Caller, device_token: str | None, keyring: KeyRing
) -> SignedIn:
    """Start a session. Raises `PasskeyUnknown`, `PasskeyInvalid` or `ChallengeInvalid`."""
    options.party()
    await keyring.signing_key()  # without a signing key, the challenge would be used in vain
    device = devices.read(get_settings().secret_keys, device_token, now())
    async with caller.counting(guessing.of_passkeys(caller.visitor)):
        outcome = await again_if_changed(
            partial(_look_up, sent),
            partial(_finish, sent=sent, caller=caller, device=device, keyring=keyring),
        )
    return require_signed_in(outcome)


@dataclass(frozen=True)
class _Known:
    passkey: Passkey
    credentials: Credentials


async def _look_up(sent: Assertion) -> _Known:
    with events.recording(Event.SIGNIN_REFUSED, PasskeyUnknown):
        return await in_transaction(_whose, sent)


def _whose(db: Session, sent: Assertion) -> _Known:
    passkey = passkeys.find(db, sent)
    user = db.get(User, passkey.user_id)
    if user is None:  # it was deleted just now, and so was its passkey
        raise PasskeyUnknown
    return _Known(passkey, Credentials(user.id, user.email, user.password_hash))


async def _finish(
    known: _Known, *, sent: Assertion, caller: Caller, device: Device | None, keyring: KeyRing
) -> SignedIn | FactorRequired:
    whose = known.credentials
    with events.recording(Event.SIGNIN_REFUSED, *REFUSALS, user_id=whose.user_id):
        if sent.response.user_handle is None:
            raise PasskeyInvalid
        # Between transactions: a signature takes a fraction of a millisecond.
        answer = passkeys.check(known.passkey, sent, asked_by=SIGN_IN, beside=())
        proof = Proof(passkeys.NAME, " ".join(answer.methods), answer.settle)
        return await complete(Attempt(caller, whose, (proof,), device=device), keyring=keyring)
