"""Finishing a sign-in with a second factor: a code, or a passkey."""

from functools import partial

from src.audit import events
from src.audit.events import Event
from src.auth import devices, guessing
from src.auth.attempt import Attempt, SignedIn, again_if_changed
from src.auth.caller import Caller
from src.auth.errors import AttemptInvalid
from src.auth.factors.codes import CodeFactor
from src.auth.passkeys import options
from src.auth.passkeys.errors import REFUSALS
from src.auth.schemas import CodeSignin, PasskeySecondStep
from src.auth.second_step import steps
from src.auth.service import complete, require_signed_in
from src.database.database import in_transaction
from src.keys.keyring import KeyRing
from src.kit.clock import now
from src.settings import get_settings
from src.verification.errors import CodeInvalid


async def signin(
    factor: CodeFactor,
    sent: CodeSignin,
    *,
    caller: Caller,
    device_token: str | None,
    keyring: KeyRing,
) -> SignedIn:
    """Start the session of an attempt. Raises `AttemptInvalid`, `CodeInvalid`, `RateLimited`."""
    await keyring.signing_key()  # without a signing key, the code would be used in vain
    device = devices.read(get_settings().secret_keys, device_token, now())
    token, code = sent.attempt.get_secret_value(), sent.code.get_secret_value()
    user_id = await _whose(token, caller, device)
    async with caller.counting(*guessing.of_codes(user_id, device)) as counted:
        with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid, CodeInvalid, user_id=user_id):
            outcome = await again_if_changed(
                partial(
                    in_transaction,
                    steps.prove,
                    factor,
                    token,
                    code,
                    trust_device=sent.trust_device,
                    caller=caller,
                    device=device,
                    is_counted=bool(counted),
                ),
                partial(complete, keyring=keyring),
            )
    return require_signed_in(outcome)


async def signin_with_passkey(
    sent: PasskeySecondStep, *, caller: Caller, device_token: str | None, keyring: KeyRing
) -> SignedIn:
    """Start the session of an attempt. Others' wrong codes never delay it."""
    options.party()
    await keyring.signing_key()  # without a signing key, the challenge would be used in vain
    device = devices.read(get_settings().secret_keys, device_token, now())
    token = sent.attempt.get_secret_value()
    user_id = await _whose(token, caller, device)
    is_counted = get_settings().rate_limits

    async def prove() -> Attempt:
        waiting = await in_transaction(steps.passkey_of, sent, caller.visitor, device)
        return steps.proved(waiting, sent, caller=caller, device=device, is_counted=is_counted)

    with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid, *REFUSALS, user_id=user_id):
        outcome = await again_if_changed(prove, partial(complete, keyring=keyring))
    return require_signed_in(outcome)


async def _whose(token: str, caller: Caller, device: devices.Device | None) -> int:
    """The account of the attempt. Counts an invented one. Raises `AttemptInvalid`."""
    with events.recording(Event.SIGNIN_REFUSED, AttemptInvalid):
        async with caller.counting_refused(AttemptInvalid, guessing.of_invented(caller.visitor)):
            return await in_transaction(steps.whose, token, caller.visitor, device)
