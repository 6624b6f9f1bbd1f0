"""POST /auth/factors/reset/stop."""

from fastapi import APIRouter

from src.accounts.resets import service
from src.accounts.resets.schemas import StopReset
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.sessions.dependencies import OptionalBearer
from src.sessions.routing import SessionRoute
from src.verification.routing import LINK_PROBLEMS, Visiting
from src.web.errors import NotFound, Overloaded, ValidationFailed
from src.web.responses import responses

router = APIRouter(prefix="/auth/factors/reset", tags=["Second factors"], route_class=SessionRoute)


@router.post(
    "/stop",
    status_code=204,
    summary="Stop a reset of your second factors",
    openapi_extra={"security": [{"HTTPBearer": []}, {}]},
    responses=responses(*LINK_PROBLEMS, NotFound, ValidationFailed, RateLimited, Overloaded),
)
async def stop_factor_reset(
    bearer: OptionalBearer, visitor: Visiting, limits: Limits, body: StopReset | None = None
) -> None:
    """With the token from the mail, or without a body in any session of the account.

    Send it after a click in your page, and never when a link is opened: scanners open links.
    """
    token = None if body is None else body.token
    await service.stop(token, bearer, visitor=visitor, limiter=limits)
