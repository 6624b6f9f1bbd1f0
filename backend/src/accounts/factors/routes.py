"""The second factors of an account: which there are, authenticator apps, recovery codes."""

from fastapi import APIRouter

from src.accounts.errors import TotpNotStarted
from src.accounts.factors import service
from src.accounts.factors.schemas import (
    Factors,
    RecoveryCodesMade,
    TotpConfirmation,
    TotpEnrolment,
)
from src.sessions.dependencies import Bearer, KnownFactors
from src.sessions.errors import ReauthenticationRequired
from src.sessions.routing import SessionRoute
from src.sessions.writing import Writing
from src.verification.errors import CodeInvalid
from src.web.errors import NotFound
from src.web.responses import responses

router = APIRouter(prefix="/auth", tags=["Second factors"], route_class=SessionRoute)


@router.get("/factors", summary="List the factors of your account")
async def list_factors(bearer: Bearer) -> Factors:
    """What signing in can use: whether there is a password, and the second factors."""
    return await service.list_factors(bearer)


@router.post(
    "/totp",
    status_code=201,
    summary="Begin to add an authenticator app",
    responses=responses(ReauthenticationRequired),
)
async def begin_totp(bearer: Writing, known: KnownFactors) -> TotpEnrolment:
    """Needs a fresh session. The app counts after `POST /auth/totp/confirm`.

    Beginning again replaces a secret that was not confirmed. An app that is on stays on until then.
    """
    return await service.begin_totp(bearer, known)


@router.post(
    "/totp/confirm",
    status_code=204,
    summary="Switch an authenticator app on",
    responses=responses(CodeInvalid, TotpNotStarted, ReauthenticationRequired),
)
async def confirm_totp(bearer: Writing, body: TotpConfirmation, known: KnownFactors) -> None:
    """With a code of the app. Needs a fresh session. Signing in needs a code from now on."""
    await service.confirm_totp(bearer, body.code, known)


@router.delete(
    "/totp",
    status_code=204,
    summary="Remove the authenticator app",
    responses=responses(NotFound, ReauthenticationRequired),
)
async def remove_totp(bearer: Writing, known: KnownFactors) -> None:
    """Needs a session that is fresh with a second factor.

    If it was the last second factor, the recovery codes go with it.
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
