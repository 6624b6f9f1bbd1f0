"""Sign-up, profile, change of the password, and deletion."""

from fastapi import APIRouter, Response

from src.accounts import service
from src.accounts.errors import LastWayIn, SignupMethodOff
from src.accounts.schemas import (
    PasswordChange,
    Profile,
    ProfileDeletion,
    ProfileUpdate,
    SignedUp,
    SignupAccepted,
    SignupRequest,
)
from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import InvalidCredentials
from src.auth.routing import PasswordRoute
from src.keys.dependencies import Keys
from src.passwords.errors import PasswordBreached, PasswordTooCommon
from src.sessions.dependencies import Bearer, KnownFactors
from src.sessions.errors import ReauthenticationRequired
from src.sessions.schemas import Tokens
from src.sessions.writing import Writing
from src.users.errors import AccountInUse, EmailTaken
from src.verification.errors import MailOff
from src.web.errors import NotFound
from src.web.responses import responses

router = APIRouter(prefix="/auth", route_class=PasswordRoute)


@router.post(
    "/signup",
    tags=["Accounts"],
    status_code=201,
    summary="Create an account",
    responses={
        202: {"model": SignupAccepted, "description": "With SIGNUP_REVEALS_ACCOUNTS=off."},
        **responses(EmailTaken, PasswordBreached, PasswordTooCommon, MailOff, SignupMethodOff),
    },
)
async def signup(
    body: SignupRequest, caller: Calling, response: Response
) -> SignedUp | SignupAccepted:
    """One account per e-mail address; capital letters make no difference.

    With `SIGNUP_REVEALS_ACCOUNTS=off` the answer is 202 for every address: a mail says the rest.
    """
    signed_up = await service.signup(
        email=body.email, password=body.password, name=body.name, caller=caller
    )
    if signed_up is None:
        response.status_code = 202
        return SignupAccepted(email=body.email)
    return signed_up


@router.get("/profile", tags=["Profile"], summary="Read your profile")
async def read_profile(bearer: Bearer) -> Profile:
    """Also says whether the session is still valid, which a token alone cannot."""
    return await service.read_profile(bearer)


@router.patch("/profile", tags=["Profile"], summary="Change your profile")
async def update_profile(bearer: Writing, body: ProfileUpdate) -> Profile:
    """Only the fields that are sent change; `null` removes a name."""
    return await service.change_profile(bearer, body.model_dump(exclude_unset=True))


@router.post(
    "/profile/delete",
    tags=["Profile"],
    status_code=204,
    summary="Delete your account",
    responses=responses(AccountInUse, InvalidCredentials, ReauthenticationRequired),
)
async def delete_profile(bearer: Bearer, body: ProfileDeletion, caller: Calling) -> None:
    """Needs the password. The account and everything that belongs to it are deleted at once."""
    await service.delete_profile(bearer, body.password, caller)


@router.post(
    "/password/change",
    tags=["Accounts"],
    summary="Change your password",
    responses=responses(
        InvalidCredentials, PasswordBreached, PasswordTooCommon, ReauthenticationRequired
    ),
)
async def change_password(
    bearer: Writing, body: PasswordChange, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Needs the current password. All sessions end, including this one.

    The answer is the same as for a sign-in: the tokens of a new session, and a `Postern-Device`
    header.
    """
    signed_in = await service.change_password(
        bearer, body, caller=caller, device_token=device.token, keyring=keys
    )
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.delete(
    "/password",
    tags=["Accounts"],
    status_code=204,
    summary="Remove your password",
    responses=responses(NotFound, LastWayIn, ReauthenticationRequired),
)
async def remove_password(bearer: Writing, known: KnownFactors) -> None:
    """Needs a fresh session, a passkey, and a way back if that is lost. All other sessions end."""
    await service.remove_password(bearer, known)
