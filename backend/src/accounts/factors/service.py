"""The second factors of a person's own account."""

from functools import partial

from pydantic import SecretStr

from src.accounts.factors import steps
from src.accounts.factors.dependencies import Asking
from src.accounts.factors.enrolling import (
    AtSignin,
    Enrolling,
    InSession,
    attempt_id,
    writes_of_attempt,
)
from src.accounts.factors.enrolment import otpauth_url, qr_svg
from src.accounts.factors.schemas import Factors, RecoveryCodesMade, TotpEnrolment
from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.attempt import SignedIn, again_if_changed
from src.auth.errors import AttemptInvalid
from src.auth.service import complete, require_signed_in
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.ratelimit.budgets import Budget
from src.sessions.access_tokens import Claims
from src.sessions.second_factors import SecondFactors
from src.settings import get_settings
from src.verification.errors import CodeInvalid


async def list_factors(claims: Claims, known: SecondFactors) -> Factors:
    return await in_transaction(steps.listed, claims, known)


async def count(who: Enrolling, asking: Asking) -> Budget | None:
    """Count a request that adds a factor: of the session, of the attempt, or an invented attempt.

    Raises `RateLimited` or `AttemptInvalid`.
    """
    limiter = asking.caller.limiter
    if isinstance(who, InSession):
        return await limiter.count(guessing.writes_of_session(who.claims))
    invented = guessing.of_invented(who.caller.visitor)
    with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid):
        async with who.caller.counting_refused(AttemptInvalid, invented):
            found = await in_transaction(attempt_id, who)
    return await limiter.count(writes_of_attempt(found))


async def begin_totp(who: Enrolling, asking: Asking) -> TotpEnrolment:
    await count(who, asking)
    begun = await in_transaction(steps.begin_totp, who)
    url = otpauth_url(begun.secret, email=begun.email, app_name=get_settings().app_name)
    return TotpEnrolment(secret=begun.secret, otpauth_url=url, qr_svg=qr_svg(url))


async def confirm_totp(
    who: Enrolling, code: SecretStr, asking: Asking, keyring: KeyRing
) -> SignedIn | None:
    """Switch the app on. An attempt becomes a session: then returns its tokens."""
    counted = await count(who, asking)
    if isinstance(who, InSession):
        await in_transaction(steps.confirm_totp, who, code.get_secret_value())
        return None
    return await _finish(who, code.get_secret_value(), keyring, is_counted=counted is not None)


async def _finish(who: AtSignin, code: str, keyring: KeyRing, *, is_counted: bool) -> SignedIn:
    await keyring.signing_key()  # without a signing key, the code would be used in vain
    with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid, CodeInvalid):
        outcome = await again_if_changed(
            partial(in_transaction, steps.prove_new_totp, who, code, is_counted=is_counted),
            partial(complete, keyring=keyring),
        )
    return require_signed_in(outcome)


async def remove_totp(claims: Claims, known: SecondFactors) -> None:
    await in_transaction(steps.remove_totp, InSession(claims, known))


async def make_recovery_codes(claims: Claims, known: SecondFactors) -> RecoveryCodesMade:
    codes = await in_transaction(steps.make_recovery_codes, InSession(claims, known))
    return RecoveryCodesMade(codes=codes)
