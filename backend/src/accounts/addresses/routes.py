"""The address of an account: proving it, changing it, and taking a change back."""

from fastapi import APIRouter, Response

from src.accounts.addresses import service
from src.accounts.addresses.schemas import EmailChange, Link, Resend, Undoing, Verification
from src.auth.dependencies import Calling
from src.auth.errors import InvalidCredentials
from src.auth.routing import PasswordRoute
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.sessions.dependencies import Bearer, KnownFactors, OptionalBearer
from src.sessions.errors import ReauthenticationRequired
from src.users.errors import EmailTaken
from src.verification.errors import MailOff
from src.verification.routing import LINK_PROBLEMS, Visiting
from src.web.errors import Overloaded
from src.web.responses import responses

router = APIRouter(prefix="/auth/email", tags=["E-mail"], route_class=PasswordRoute)
COUNTED = (RateLimited, Overloaded)
WITH_OR_WITHOUT_A_SESSION: dict[str, list[dict[str, list[str]]]] = {
    "security": [{"HTTPBearer": []}, {}]
}


@router.post(
    "/verification",
    status_code=202,
    response_class=Response,
    summary="Send the verification mail again",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses=responses(MailOff, *COUNTED),
)
async def send_verification(
    bearer: OptionalBearer, visitor: Visiting, limits: Limits, body: Resend | None = None
) -> None:
    """With a session: to its account. Without one: to the address in the body.

    Then the answer is the same whether the address has an account or not.
    """
    email = None if body is None else body.email
    await service.resend(bearer, email, visitor=visitor, limiter=limits)


@router.post(
    "/verify",
    status_code=204,
    summary="Prove that an address is yours",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses=responses(*LINK_PROBLEMS, *COUNTED),
)
async def verify_email(
    bearer: OptionalBearer,
    body: Verification,
    visitor: Visiting,
    limits: Limits,
    known: KnownFactors,
) -> None:
    """With the token from the mail. A session or an `email`, if sent, must be of the same account.

    Send this after a click in your page, and never when a link is opened: scanners open links.
    Without a session, the factors of the account go with the next reset of its password: they
    may be those of somebody else.
    """
    await service.verify(
        body.token, bearer, body.email, visitor=visitor, limiter=limits, known=known
    )


@router.post(
    "/change",
    status_code=202,
    response_class=Response,
    summary="Ask for another address",
    responses=responses(InvalidCredentials, EmailTaken, MailOff, ReauthenticationRequired),
)
async def change_email(bearer: Bearer, body: EmailChange, caller: Calling) -> None:
    """Needs the password. The new address gets a link to confirm it.

    The present one gets a mail at once, with a link that takes the change back for seven days.
    """
    await service.ask_for_change(bearer, body.new_email, body.password, caller)


@router.post(
    "/change/confirm",
    status_code=204,
    summary="Confirm the new address",
    openapi_extra=WITH_OR_WITHOUT_A_SESSION,
    responses=responses(*LINK_PROBLEMS, EmailTaken, *COUNTED),
)
async def confirm_email_change(
    bearer: OptionalBearer, body: Link, visitor: Visiting, limits: Limits, known: KnownFactors
) -> None:
    """The account has its new address from now on. Its other sessions end."""
    await service.confirm_change(body.token, bearer, visitor=visitor, limiter=limits, known=known)


@router.post(
    "/change/undo",
    status_code=204,
    summary="Take a change of the address back",
    responses=responses(*LINK_PROBLEMS, EmailTaken, *COUNTED),
)
async def undo_email_change(body: Undoing, visitor: Visiting, limits: Limits) -> None:
    """The account has its former address again. All its sessions and its password end.

    A mail with a link to choose a new password goes to that address.
    """
    await service.undo_change(body.token, body.email, visitor=visitor, limiter=limits)
