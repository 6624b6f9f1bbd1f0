"""POST /auth/signup, POST /auth/signin, POST /auth/password/change, GET /auth/config."""

from typing import Annotated

from fastapi import APIRouter, Depends

from src.auth import service
from src.auth.errors import AccountDisabled, EmailTaken, InvalidCredentials, PasswordTooCommon
from src.auth.schemas import (
    AuthConfig,
    PasswordChange,
    SignedUp,
    SigninRequest,
    SignupRequest,
)
from src.errors import Overloaded, responses
from src.sessions.dependencies import BEARER_PROBLEMS, Bearer
from src.sessions.schemas import Tokens
from src.settings import get_settings
from src.strict_json import JsonRoute
from src.web import BODY_PROBLEMS, DATABASE_PROBLEMS, Client, client_of

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


@router.post(
    "/signup",
    status_code=201,
    summary="Create an account",
    responses=responses(
        EmailTaken, PasswordTooCommon, *BODY_PROBLEMS, Overloaded, *DATABASE_PROBLEMS
    ),
)
async def signup(body: SignupRequest) -> SignedUp:
    """One account per e-mail address; capital letters make no difference."""
    return await service.signup(email=body.email, password=body.password, name=body.name)


@router.post(
    "/signin",
    summary="Sign in with e-mail address and password",
    responses=responses(
        InvalidCredentials, AccountDisabled, *BODY_PROBLEMS, Overloaded, *DATABASE_PROBLEMS
    ),
)
async def signin(body: SigninRequest, client: Annotated[Client, Depends(client_of)]) -> Tokens:
    """Begins a session. An unknown address and a wrong password are one refusal."""
    return await service.signin(email=body.email, password=body.password, client=client)


@router.post(
    "/password/change",
    status_code=204,
    summary="Change one's own password",
    responses=responses(
        *BEARER_PROBLEMS,
        InvalidCredentials,
        PasswordTooCommon,
        *BODY_PROBLEMS,
        Overloaded,
        *DATABASE_PROBLEMS,
    ),
)
async def change_password(bearer: Bearer, body: PasswordChange) -> None:
    """Asks for the current one. All other sessions end; this one goes on."""
    await service.change_password(bearer, current=body.current_password, new=body.new_password)


@router.get("/config", summary="The public rules of this service")
async def config() -> AuthConfig:
    return AuthConfig(min_password_length=get_settings().min_password_length)
