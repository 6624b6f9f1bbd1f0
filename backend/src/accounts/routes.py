"""Sign-up, profile, change of the password, and deletion."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from src.accounts import profile, service
from src.accounts.schemas import (
    PasswordChange,
    Profile,
    ProfileDeletion,
    ProfileUpdate,
    SignedUp,
    SignupRequest,
)
from src.auth.dependencies import DEVICE, DeviceToken
from src.auth.errors import HASHING_PROBLEMS, InvalidCredentials
from src.database.errors import DATABASE_PROBLEMS
from src.passwords.errors import PasswordTooCommon
from src.sessions.dependencies import BEARER_PROBLEMS, Bearer
from src.users.errors import EmailTaken
from src.web.errors import BODY_PROBLEMS
from src.web.responses import responses
from src.web.strict_json import JsonRoute
from src.web.visitor import Asking

router = APIRouter(prefix="/auth", route_class=JsonRoute)


@router.post(
    "/signup",
    tags=["Accounts"],
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


@router.get(
    "/profile",
    tags=["Profile"],
    summary="Read one's own profile",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def read_profile(bearer: Bearer) -> Profile:
    return await run_in_threadpool(profile.read_profile, bearer)


@router.patch(
    "/profile",
    tags=["Profile"],
    summary="Change one's own profile",
    responses=responses(*BEARER_PROBLEMS, *BODY_PROBLEMS, *DATABASE_PROBLEMS),
)
async def update_profile(bearer: Bearer, body: ProfileUpdate) -> Profile:
    """Only the fields that are sent change; `null` removes a name."""
    changes = body.model_dump(exclude_unset=True)
    return await service.change_profile(bearer, changes)


@router.post(
    "/profile/delete",
    tags=["Profile"],
    status_code=204,
    summary="Delete one's own account",
    responses=responses(
        *BEARER_PROBLEMS, InvalidCredentials, *BODY_PROBLEMS, *HASHING_PROBLEMS, *DATABASE_PROBLEMS
    ),
)
async def delete_profile(bearer: Bearer, body: ProfileDeletion, client: Asking) -> None:
    """Asks for the password. The account and all that hangs on it is gone, at once and for good."""
    await service.delete_profile(bearer, body.password, client)


@router.post(
    "/password/change",
    tags=["Accounts"],
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
    response.headers[DEVICE] = await service.change_password(
        bearer,
        current=body.current_password,
        new=body.new_password,
        client=client,
        device_token=device_token,
    )
