"""POST /auth/signup, POST /auth/signin, POST /auth/password/change, GET /auth/config."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from src.auth import passwords, service
from src.auth.errors import (
    HASHING_PROBLEMS,
    AccountDisabled,
    EmailTaken,
    InvalidCredentials,
    PasswordTooCommon,
)
from src.auth.schemas import (
    AuthConfig,
    PasswordChange,
    SignedUp,
    SigninRequest,
    SignupRequest,
)
from src.errors import responses
from src.sessions.dependencies import BEARER_PROBLEMS, Bearer
from src.sessions.schemas import Tokens
from src.settings import get_settings
from src.web.context import BODY_PROBLEMS, DATABASE_PROBLEMS
from src.web.strict_json import JsonRoute
from src.web.visitor import Asking

DEVICE = "Postern-Device"
DeviceToken = Annotated[
    str | None,
    Header(alias=DEVICE, description="What this device was given under it the last time."),
]

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


@router.post(
    "/signup",
    status_code=201,
    summary="Create an account",
    responses=responses(
        EmailTaken, PasswordTooCommon, *BODY_PROBLEMS, *HASHING_PROBLEMS, *DATABASE_PROBLEMS
    ),
)
async def signup(body: SignupRequest, client: Asking) -> SignedUp:
    """One account per e-mail address; capital letters make no difference."""
    return await service.signup(
        email=body.email, password=body.password, name=body.name, client=client
    )


@router.post(
    "/signin",
    summary="Sign in with e-mail address and password",
    responses=responses(
        InvalidCredentials, AccountDisabled, *BODY_PROBLEMS, *HASHING_PROBLEMS, *DATABASE_PROBLEMS
    ),
)
async def signin(
    body: SigninRequest, client: Asking, response: Response, device_token: DeviceToken = None
) -> Tokens:
    """Begins a session. An unknown address and a wrong password are one refusal.

    The answer's `Postern-Device` header, sent with the next sign-in on the same device, gives that
    device a budget of its own for wrong passwords.
    """
    signed_in = await service.signin(
        email=body.email, password=body.password, client=client, device_token=device_token
    )
    response.headers[DEVICE] = signed_in.device_token
    return signed_in.tokens


@router.post(
    "/password/change",
    status_code=204,
    summary="Change one's own password",
    responses=responses(
        *BEARER_PROBLEMS,
        InvalidCredentials,
        PasswordTooCommon,
        *BODY_PROBLEMS,
        *HASHING_PROBLEMS,
        *DATABASE_PROBLEMS,
    ),
)
async def change_password(
    bearer: Bearer,
    body: PasswordChange,
    client: Asking,
    response: Response,
    device_token: DeviceToken = None,
) -> None:
    """Asks for the current one. All other sessions end; this one goes on.

    The answer has a new `Postern-Device` header, as that of a sign-in.
    """
    response.headers[DEVICE] = await passwords.change_password(
        bearer,
        current=body.current_password,
        new=body.new_password,
        client=client,
        device_token=device_token,
    )


@router.get("/config", summary="The public rules of this service")
async def config() -> AuthConfig:
    return AuthConfig(min_password_length=get_settings().min_password_length)
