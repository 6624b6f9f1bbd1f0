"""Signing in with a link or a code from a mail, in the browser that asked for it."""

from functools import partial

from sqlmodel import Session

from src.audit import events
from src.audit.events import Event
from src.auth import devices
from src.auth.attempt import Attempt, SignedIn, again_if_changed
from src.auth.caller import Caller
from src.auth.devices import Device
from src.auth.factors import magic_link
from src.auth.magic_link.schemas import MagicLinkSignin
from src.auth.service import complete, require_signed_in
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.kit.clock import now
from src.ratelimit.limiter import Limiter
from src.settings import get_settings
from src.verification import asking, limits
from src.verification.errors import CodeInvalid, LinkExpired, LinkInvalid, LinkUsed, MagicLinkOff
from src.web.visitor import Visitor


async def ask(email: str, *, visitor: Visitor, limiter: Limiter) -> str:
    """Mail a link and a code, if the address has an account. Returns the attempt in any case."""
    _require_on()
    asking.require_mail()
    await limiter.count(limits.of_mail(email, visitor))
    return await in_transaction(asking.ask_for_magic_link, email)


async def signin(
    sent: MagicLinkSignin, *, caller: Caller, device_token: str | None, keyring: KeyRing
) -> SignedIn:
    """Start a session. Raises `CodeInvalid` or a refusal of the link."""
    _require_on()
    await caller.limiter.count(limits.of_link(caller.visitor))
    await keyring.signing_key()  # without a signing key, the link would be used in vain
    device = devices.read(get_settings().secret_keys, device_token, now())
    refusals = CodeInvalid, LinkInvalid, LinkExpired, LinkUsed
    with events.recording(Event.SIGNIN_REFUSED, *refusals):
        outcome = await again_if_changed(
            partial(in_transaction, _prove, sent, caller, device),
            partial(complete, keyring=keyring),
        )
    return require_signed_in(outcome)


def _prove(db: Session, sent: MagicLinkSignin, caller: Caller, device: Device | None) -> Attempt:
    key = sent.attempt.get_secret_value()
    if sent.token is not None:
        row = magic_link.open_link(db, key, sent.token.get_secret_value())
        return magic_link.begin(db, row, caller=caller, device=device)
    code = sent.code.get_secret_value() if sent.code else ""
    row = magic_link.try_code(db, key, code)
    budgets = magic_link.budgets_of_code(row)
    return magic_link.begin(db, row, caller=caller, device=device, budgets=budgets)


def _require_on() -> None:
    if not get_settings().magic_link:
        raise MagicLinkOff
