"""The second factors of an account: which there are, authenticator apps, recovery codes."""

from fastapi import APIRouter, Response

from src.accounts.errors import LastSecondFactor, TotpNotStarted
from src.accounts.factors import service
from src.accounts.factors.dependencies import WITH_OR_WITHOUT_A_SESSION, WhoAsks
from src.accounts.factors.schemas import (
    EnrolmentStart,
    Factors,
    RecoveryCodesMade,
    TotpConfirmation,
    TotpEnrolment,
)
from src.auth.dependencies import OfDevice
from src.auth.errors import AccountDisabled, AttemptInvalid, EmailNotVerified, SecondFactorRequired
from src.auth.routing import PasswordRoute
from src.keys.dependencies import Keys
from src.sessions.dependencies import Bearer, KnownFactors
from src.sessions.errors import ReauthenticationRequired
from src.sessions.schemas import Tokens
from src.sessions.writing import Writing
from src.verification.errors import CodeInvalid
from src.web.errors import NotFound, ValidationFailed
from src.web.responses import responses

router = APIRouter(prefix="/auth", tags=["Second factors"], route_class=PasswordRoute)


@router.get("/factors", summary="List the factors of your account")
async def list_factors(bearer: Bearer, known: KnownFactors) -> Factors:
    """What signing in can use: whether there is a password, and the second factors."""
    return await service.list_factors(bearer, known)


@router.post(
    "/totp",
    status_code=201,
    summary="Begin to add an authenticator app",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses=responses(AttemptInvalid, ReauthenticationRequired, ValidationFailed),
)
async def begin_totp(asking: WhoAsks, body: EnrolmentStart | None = None) -> TotpEnrolment:
    """Needs a fresh session, or the `attempt` of a sign-in that has to add a second factor.

    The app counts after `POST /auth/totp/confirm`. Beginning again replaces a secret that was not
    confirmed. An app that is on stays on until then.
    """
    who = asking.enrolling(None if body is None else body.attempt)
    return await service.begin_totp(who, asking)


@router.post(
    "/totp/confirm",
    status_code=204,
    response_model=None,
    summary="Switch an authenticator app on",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses={
        200: {"model": Tokens, "description": "With an `attempt`: the tokens of its session."},
        **responses(
            *(AttemptInvalid, CodeInvalid, TotpNotStarted, ReauthenticationRequired),
            *(AccountDisabled, EmailNotVerified, SecondFactorRequired),
        ),
    },
)
async def confirm_totp(
    asking: WhoAsks, body: TotpConfirmation, keys: Keys, device: OfDevice, response: Response
) -> Tokens | None:
    """With a code of the app. Signing in needs a code from now on.

    Needs a fresh session. Or it finishes the `attempt` of a sign-in that had to add a second
    factor: then the answer is that of a sign-in.
    """
    who = asking.enrolling(body.attempt)
    signed_in = await service.confirm_totp(who, body.code, asking, keys)
    if signed_in is None:
        return None
    response.status_code = 200
    device.replace(signed_in.device_token)
    return signed_in.tokens


@router.delete(
    "/totp",
    status_code=204,
    summary="Remove the authenticator app",
    responses=responses(NotFound, LastSecondFactor, ReauthenticationRequired),
)
async def remove_totp(bearer: Writing, known: KnownFactors) -> None:
    """Needs a session that is fresh with a second factor.

    If it was the last second factor, the recovery codes go with it. Where this service requires a
    second factor, the last one stays.
    """
    await service.remove_totp(bearer, known)


@router.post(
    "/recovery-codes",
    summary="Make new recovery codes",
    responses=responses(ReauthenticationRequired),
)
async def make_recovery_codes(bearer: Writing, known: KnownFactors) -> RecoveryCodesMade:
    """Ten codes, shown once. Needs a fresh session. The former codes no longer count."""
    return await service.make_recovery_codes(bearer, known)
