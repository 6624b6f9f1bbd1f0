"""Signing in with a passkey, and options for a passkey as a proof in a session."""

from typing import Any

from fastapi import APIRouter

from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import AccountDisabled, EmailNotVerified, SecondFactorRequired
from src.auth.passkeys import service
from src.auth.passkeys.errors import REFUSALS, PasskeysOff
from src.auth.routing import PasswordRoute
from src.auth.schemas import PasskeySignin
from src.keys.dependencies import Keys
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.sessions.schemas import Tokens
from src.sessions.writing import Writing
from src.verification.routing import Visiting
from src.web.errors import NotFound, Overloaded
from src.web.responses import responses

router = APIRouter(prefix="/auth/passkeys", tags=["Passkeys"], route_class=PasswordRoute)


@router.post(
    "/signin/options",
    summary="Ask for options to sign in",
    responses=responses(PasskeysOff, RateLimited, Overloaded),
)
async def ask_for_passkey_signin(visitor: Visiting, limits: Limits) -> dict[str, Any]:
    """`PublicKeyCredentialRequestOptionsJSON`, for any passkey of this website.

    Valid for five minutes, once. The passkey has to ask for a PIN, a finger or the like.
    """
    return await service.ask(visitor, limits)


@router.post(
    "/signin",
    summary="Sign in with a passkey",
    responses=responses(
        *(*REFUSALS, PasskeysOff, AccountDisabled, EmailNotVerified, SecondFactorRequired)
    ),
)
async def sign_in_with_passkey(
    body: PasskeySignin, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Starts a session. No other factor is needed: the passkey has checked who its person is."""
    signed_in = await service.signin(
        body.assertion, caller=caller, device_token=device.token, keyring=keys
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.post(
    "/reauthenticate/options",
    summary="Ask for options to prove again who you are",
    responses=responses(NotFound, PasskeysOff),
)
async def ask_for_passkey_proof(bearer: Writing) -> dict[str, Any]:
    """`PublicKeyCredentialRequestOptionsJSON` for one of your passkeys, in this session.

    The answer goes to `POST /auth/reauthenticate`.
    """
    return await service.ask_in_session(bearer)
