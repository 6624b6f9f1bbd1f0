"""Sign-up, profile, change of the password, and deletion."""

from fastapi import APIRouter, Response

from src.accounts import service
from src.accounts.schemas import (
    PasswordChange,
    Profile,
    ProfileDeletion,
    ProfileUpdate,
    SignedUp,
    SignupRequest,
)
from src.auth.dependencies import DEVICE, Calling, DeviceToken
from src.auth.errors import InvalidCredentials
from src.auth.routing import PasswordRoute
from src.passwords.errors import PasswordTooCommon
from src.sessions.dependencies import Bearer
from src.sessions.errors import ReauthenticationRequired
from src.sessions.writing import Writing
from src.users.errors import EmailTaken
from src.web.responses import responses

router = APIRouter(prefix="/auth", route_class=PasswordRoute)


@router.post(
    "/signup",
    tags=["Accounts"],
    status_code=201,
    summary="Create an account",
    responses=responses(EmailTaken, PasswordTooCommon),
)
async def signup(body: SignupRequest, caller: Calling) -> SignedUp:
    """One account per e-mail address; capital letters make no difference."""
    return await service.signup(
        email=body.email, password=body.password, name=body.name, caller=caller
    )


@router.get("/profile", tags=["Profile"], summary="Read one's own profile")
async def read_profile(bearer: Bearer) -> Profile:
    return await service.read_profile(bearer)


@router.patch("/profile", tags=["Profile"], summary="Change one's own profile")
async def update_profile(bearer: Writing, body: ProfileUpdate) -> Profile:
    """Only the fields that are sent change; `null` removes a name."""
    return await service.change_profile(bearer, body.model_dump(exclude_unset=True))


@router.post(
    "/profile/delete",
    tags=["Profile"],
    status_code=204,
    summary="Delete one's own account",
    responses=responses(InvalidCredentials, ReauthenticationRequired),
)
async def delete_profile(bearer: Bearer, body: ProfileDeletion, caller: Calling) -> None:
    """Asks for the password. The account and all that hangs on it is gone, at once and for good."""
    await service.delete_profile(bearer, body.password, caller)


@router.post(
    "/password/change",
    tags=["Accounts"],
    status_code=204,
    summary="Change one's own password",
    responses=responses(InvalidCredentials, PasswordTooCommon, ReauthenticationRequired),
)
async def change_password(
    bearer: Bearer,
    body: PasswordChange,
    caller: Calling,
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
        caller=caller,
        device_token=device_token,
    )
