"""POST /auth/signin and POST /auth/reauthenticate."""

from fastapi import APIRouter

from src.auth import service
from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import (
    AccountDisabled,
    EmailNotVerified,
    InvalidCredentials,
    SecondFactorRequired,
)
from src.auth.passkeys import errors as passkeys
from src.auth.routing import PasswordRoute
from src.auth.schemas import Reauthentication, SigninRequest
from src.keys.dependencies import Keys
from src.sessions.dependencies import Bearer
from src.sessions.schemas import Tokens
from src.verification.errors import CodeInvalid
from src.web.responses import responses

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=PasswordRoute)


@router.post(
    "/signin",
    summary="Sign in with e-mail address and password",
    responses=responses(
        InvalidCredentials, AccountDisabled, EmailNotVerified, SecondFactorRequired
    ),
)
async def signin(body: SigninRequest, caller: Calling, keys: Keys, device: OfDevice) -> Tokens:
    """Starts a session. An unknown address and a wrong password get the same refusal.

    Send the answer's `Postern-Device` header with the next sign-in on the same device: it gives
    that device its own limit for wrong passwords.
    """
    signed_in = await service.signin(
        email=body.email,
        password=body.password,
        caller=caller,
        device_token=device.token,
        keyring=keys,
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.post(
    "/reauthenticate",
    status_code=204,
    summary="Prove again who you are",
    responses=responses(InvalidCredentials, CodeInvalid, *passkeys.REFUSALS, passkeys.PasskeysOff),
)
async def reauthenticate(bearer: Bearer, body: Reauthentication, caller: Calling) -> None:
    """Makes the session fresh for ten minutes. The next refresh gives the new `auth_time`.

    An account with a second factor is only fresh with one: the password alone does not suffice,
    and does not change `auth_time`.
    """
    await service.reauthenticate(bearer, body, caller)
