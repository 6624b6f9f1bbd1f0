"""A forgotten password."""

from fastapi import APIRouter, Response

from src.accounts.recovery import service
from src.accounts.recovery.schemas import Forgotten, Reset
from src.auth.dependencies import Calling
from src.auth.routing import PasswordRoute
from src.passwords.errors import PasswordBreached, PasswordTooCommon
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.verification.errors import LinkExpired, LinkInvalid, LinkReplaced, LinkUsed, MailOff
from src.verification.routing import Visiting
from src.web.errors import Overloaded
from src.web.responses import responses

router = APIRouter(prefix="/auth/password", tags=["Accounts"], route_class=PasswordRoute)


@router.post(
    "/forgot",
    status_code=202,
    response_class=Response,
    summary="Ask for a link to choose a new password",
    responses=responses(MailOff, RateLimited, Overloaded),
)
async def forget_password(body: Forgotten, visitor: Visiting, limits: Limits) -> None:
    """The answer is always the same. A mail goes out only if the address has an account."""
    await service.forgot(body.email, visitor=visitor, limiter=limits)


@router.post(
    "/reset",
    status_code=204,
    summary="Choose a new password with the link",
    responses=responses(
        *(LinkInvalid, LinkExpired, LinkUsed, LinkReplaced),
        *(PasswordBreached, PasswordTooCommon),
    ),
)
async def reset_password(body: Reset, caller: Calling) -> None:
    """All sessions end. Also sets the first password of an account that has none."""
    await service.reset(body.token, body.new_password, caller)
