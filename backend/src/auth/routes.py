"""POST /auth/signin and GET /auth/config."""

from fastapi import APIRouter, Response

from src.auth import service
from src.auth.dependencies import DEVICE, DeviceToken
from src.auth.errors import HASHING_PROBLEMS, AccountDisabled, InvalidCredentials
from src.auth.schemas import AuthConfig, SigninRequest
from src.database.errors import DATABASE_PROBLEMS
from src.sessions.schemas import Tokens
from src.settings import get_settings
from src.web.errors import BODY_PROBLEMS
from src.web.responses import responses
from src.web.strict_json import JsonRoute
from src.web.visitor import Asking

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


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


@router.get("/config", summary="The public rules of this service")
async def config() -> AuthConfig:
    return AuthConfig(min_password_length=get_settings().min_password_length)
