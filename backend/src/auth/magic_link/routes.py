"""POST /auth/magic-link and POST /auth/magic-link/signin."""

from fastapi import APIRouter

from src.auth.dependencies import Calling, OfDevice
from src.auth.errors import AccountDisabled, SecondFactorRequired
from src.auth.magic_link import service
from src.auth.magic_link.schemas import MagicLinkAsked, MagicLinkRequest, MagicLinkSignin
from src.auth.routing import PasswordRoute
from src.keys.dependencies import Keys
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.sessions.schemas import Tokens
from src.verification.errors import (
    CodeInvalid,
    LinkExpired,
    LinkInvalid,
    LinkReplaced,
    LinkUsed,
    MagicLinkOff,
    MailOff,
)
from src.verification.routing import Visiting
from src.web.errors import Overloaded
from src.web.responses import responses

router = APIRouter(prefix="/auth/magic-link", tags=["Accounts"], route_class=PasswordRoute)


@router.post(
    "",
    status_code=202,
    summary="Ask for a link to sign in",
    responses=responses(MagicLinkOff, MailOff, RateLimited, Overloaded),
)
async def ask_for_magic_link(
    body: MagicLinkRequest, visitor: Visiting, limits: Limits
) -> MagicLinkAsked:
    """The answer is always alike. A mail goes out only if the address has an account."""
    attempt = await service.ask(body.email, visitor=visitor, limiter=limits)
    return MagicLinkAsked(attempt=attempt)


@router.post(
    "/signin",
    summary="Sign in with the link or the code",
    responses=responses(
        *(MagicLinkOff, LinkInvalid, LinkExpired, LinkUsed, LinkReplaced, CodeInvalid),
        *(AccountDisabled, SecondFactorRequired),
    ),
)
async def sign_in_by_magic_link(
    body: MagicLinkSignin, caller: Calling, keys: Keys, device: OfDevice
) -> Tokens:
    """Starts a session, for the attempt that asked.

    Send it after a click in your page, and never when a link is opened: scanners open links.
    """
    signed_in = await service.signin(body, caller=caller, device_token=device.token, keyring=keys)
    device.replace(signed_in.device_token)
    return signed_in.tokens
