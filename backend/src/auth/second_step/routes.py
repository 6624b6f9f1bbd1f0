"""POST /auth/signin/totp, /auth/signin/recovery-code and /auth/signin/passkey."""

from fastapi import APIRouter

from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import AccountDisabled, AttemptInvalid, EmailNotVerified, SecondFactorRequired
from src.auth.factors.recovery_code import RecoveryCodes
from src.auth.factors.totp import Totp
from src.auth.passkeys import errors as passkeys
from src.auth.routing import PasswordRoute
from src.auth.schemas import CodeSignin, PasskeySecondStep
from src.auth.second_step import service
from src.keys.dependencies import Keys
from src.sessions.schemas import Tokens
from src.verification.errors import CodeInvalid
from src.web.responses import responses

router = APIRouter(prefix="/auth/signin", tags=["Accounts"], route_class=PasswordRoute)
OF_ACCOUNT = AccountDisabled, EmailNotVerified, SecondFactorRequired
REFUSALS = responses(AttemptInvalid, CodeInvalid, *OF_ACCOUNT)


@router.post("/totp", summary="Finish a sign-in with a code of an app", responses=REFUSALS)
async def signin_with_totp(
    body: CodeSignin, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Starts the session of an attempt. Each code works once.

    Send the same `Postern-Device` header as with the first proof, or none if there was none.
    """
    signed_in = await service.signin(
        Totp(), body, caller=caller, device_token=device.token, keyring=keys
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.post("/recovery-code", summary="Finish a sign-in with a recovery code", responses=REFUSALS)
async def signin_with_recovery_code(
    body: CodeSignin, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Starts the session of an attempt. Each recovery code works once, and a mail says it."""
    signed_in = await service.signin(
        RecoveryCodes(), body, caller=caller, device_token=device.token, keyring=keys
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.post(
    "/passkey",
    summary="Finish a sign-in with a passkey",
    responses=responses(AttemptInvalid, *passkeys.REFUSALS, passkeys.PasskeysOff, *OF_ACCOUNT),
)
async def signin_with_passkey(
    body: PasskeySecondStep, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Starts the session of an attempt. Answers the `passkey_options` of its refusal."""
    signed_in = await service.signin_with_passkey(
        body, caller=caller, device_token=device.token, keyring=keys
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens
