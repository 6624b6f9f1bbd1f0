"""POST /auth/signup, POST /auth/signin, GET /auth/config."""

from fastapi import APIRouter

from src.auth import service
from src.auth.errors import EmailTaken, InvalidCredentials
from src.auth.schemas import AuthConfig, SignedIn, SignedUp, SigninRequest, SignupRequest
from src.errors import Overloaded, responses
from src.settings import get_settings
from src.strict_json import JsonRoute
from src.web import BODY_PROBLEMS, DATABASE_PROBLEMS

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


@router.post(
    "/signup",
    status_code=201,
    summary="Create an account",
    responses=responses(EmailTaken, *BODY_PROBLEMS, Overloaded, *DATABASE_PROBLEMS),
)
async def signup(body: SignupRequest) -> SignedUp:
    """One account per e-mail address; capital letters make no difference."""
    return await service.signup(email=body.email, password=body.password, name=body.name)


@router.post(
    "/signin",
    summary="Sign in with e-mail address and password",
    responses=responses(InvalidCredentials, *BODY_PROBLEMS, Overloaded, *DATABASE_PROBLEMS),
)
async def signin(body: SigninRequest) -> SignedIn:
    """Answers with a bearer token. An unknown address and a wrong password are one refusal."""
    return await service.signin(email=body.email, password=body.password)


@router.get("/config", summary="The public rules of this service")
async def config() -> AuthConfig:
    return AuthConfig(min_password_length=get_settings().min_password_length)
