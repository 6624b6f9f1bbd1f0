"""Adding, renaming and removing passkeys, and signing up with one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from src.accounts.errors import (
    LastSecondFactor,
    LastWayIn,
    PasskeyTaken,
    SignupMethodOff,
    TooManyPasskeys,
)
from src.accounts.factors.dependencies import WITH_OR_WITHOUT_A_SESSION, WhoAsks
from src.accounts.factors.schemas import EnrolmentStart, Passkey
from src.accounts.passkeys import service, signup
from src.accounts.passkeys.schemas import (
    NewPasskey,
    PasskeyChange,
    PasskeySignup,
    PasskeySignupRequest,
)
from src.accounts.schemas import SignedUp, SignupAccepted
from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import AccountDisabled, AttemptInvalid, EmailNotVerified, SecondFactorRequired
from src.auth.passkeys.errors import AttestationInvalid, PasskeysOff
from src.auth.routing import PasswordRoute
from src.keys.dependencies import Keys
from src.sessions.access_tokens import MAX_ID
from src.sessions.dependencies import KnownFactors
from src.sessions.errors import ReauthenticationRequired
from src.sessions.schemas import Tokens
from src.sessions.writing import Writing
from src.users.errors import EmailTaken
from src.verification.errors import MailOff
from src.web.errors import NotFound, ValidationFailed
from src.web.responses import responses

router = APIRouter(prefix="/auth/passkeys", tags=["Passkeys"], route_class=PasswordRoute)

PasskeyId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.post(
    "/options",
    summary="Ask for options to add a passkey",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses=responses(
        *(AttemptInvalid, ReauthenticationRequired, ValidationFailed),
        *(TooManyPasskeys, PasskeysOff),
    ),
)
async def ask_for_new_passkey(
    asking: WhoAsks, body: EnrolmentStart | None = None
) -> dict[str, Any]:
    """`PublicKeyCredentialCreationOptionsJSON`, valid for five minutes.

    Needs a fresh session, or the `attempt` of a sign-in that has to add a second factor.
    """
    return await service.begin(asking.enrolling(None if body is None else body.attempt), asking)


@router.post(
    "",
    status_code=201,
    response_model=None,
    summary="Add a passkey",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses={
        201: {"model": Passkey},
        200: {"model": Tokens, "description": "With an `attempt`: the tokens of its session."},
        **responses(
            *(AttestationInvalid, PasskeyTaken, TooManyPasskeys, PasskeysOff),
            *(AttemptInvalid, ReauthenticationRequired),
            *(AccountDisabled, EmailNotVerified, SecondFactorRequired),
        ),
    },
)
async def add_passkey(
    asking: WhoAsks, body: NewPasskey, keys: Keys, device: OfDevice, response: Response
) -> Passkey | Tokens:
    """Without a `name` it is named after its provider, if that is known, with a number if needed.

    Needs a fresh session. Or it finishes the `attempt` of a sign-in that had to add a second
    factor: then the answer is that of a sign-in.
    """
    added = await service.add(asking.enrolling(body.attempt), body, asking, keys)
    if isinstance(added, Passkey):
        return added
    response.status_code = 200
    device.replace(added.device_token)
    return added.tokens


@router.patch(
    "/{id:int}", summary="Rename a passkey", responses=responses(NotFound, ValidationFailed)
)
async def rename_passkey(bearer: Writing, id: PasskeyId, body: PasskeyChange) -> Passkey:  # noqa: A002  the contract's name
    """Another person's passkey has the same answer as one that does not exist."""
    return await service.rename(bearer, id, body.name)


@router.delete(
    "/{id:int}",
    status_code=204,
    summary="Remove a passkey",
    responses=responses(
        *(NotFound, ValidationFailed, LastWayIn, LastSecondFactor, ReauthenticationRequired)
    ),
)
async def remove_passkey(bearer: Writing, id: PasskeyId, known: KnownFactors) -> None:  # noqa: A002  the contract's name
    """Needs a session that is fresh with a second factor. The last way to sign in stays.

    An account without a password also keeps a way back: a second passkey, or a confirmed address.
    If it was the last second factor, the recovery codes go with it.
    """
    await service.remove(bearer, id, known)


@router.post(
    "/signup/options",
    summary="Ask for options to sign up with a passkey",
    responses=responses(EmailTaken, MailOff, SignupMethodOff, PasskeysOff),
)
async def ask_for_passkey_signup(body: PasskeySignupRequest, caller: Calling) -> dict[str, Any]:
    """`PublicKeyCredentialCreationOptionsJSON` for a new account. Stores nothing yet."""
    return await signup.begin(body.email, body.name, caller)


@router.post(
    "/signup",
    status_code=201,
    summary="Sign up with a passkey",
    responses={
        202: {"model": SignupAccepted, "description": "With SIGNUP_REVEALS_ACCOUNTS=off."},
        **responses(
            *(EmailTaken, MailOff, SignupMethodOff),
            *(AttestationInvalid, PasskeyTaken, PasskeysOff),
        ),
    },
)
async def sign_up_with_passkey(
    body: PasskeySignup, caller: Calling, response: Response
) -> SignedUp | SignupAccepted:
    """Creates an account without a password, with the address of the options."""
    signed_up = await signup.signup(body.attestation, caller)
    if isinstance(signed_up, SignupAccepted):
        response.status_code = 202
    return signed_up
