"""POST /auth/refresh, POST /auth/signout, and the sessions that a person can see and end."""

from typing import Annotated

from fastapi import APIRouter, Path

from src.keys.dependencies import Keys
from src.ratelimit.dependencies import Limits
from src.ratelimit.errors import RateLimited
from src.sessions import service
from src.sessions.access_tokens import MAX_ID
from src.sessions.dependencies import Bearer, KnownFactors
from src.sessions.errors import (
    ReauthenticationRequired,
    RefreshTokenReused,
    SessionRevoked,
    TokenInvalid,
)
from src.sessions.routing import SessionRoute
from src.sessions.schemas import RefreshRequest, SessionEntry, Tokens
from src.sessions.writing import Writing
from src.web.errors import NotFound, Overloaded, ValidationFailed
from src.web.responses import responses

router = APIRouter(prefix="/auth", tags=["Sessions"], route_class=SessionRoute)

SessionId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.post(
    "/refresh",
    summary="Get the next pair of tokens",
    responses=responses(TokenInvalid, SessionRevoked, RefreshTokenReused, RateLimited, Overloaded),
)
async def refresh(body: RefreshRequest, limits: Limits, keys: Keys, known: KnownFactors) -> Tokens:
    """A refresh token is valid once. An older one ends the session.

    The previous token gives the current pair again, for parallel tabs and after lost answers.
    """
    return await service.refresh(body.refresh_token, limiter=limits, keyring=keys, known=known)


@router.post("/signout", status_code=204, summary="End this session")
async def signout(bearer: Bearer) -> None:
    """Services that verify offline accept its access token until that expires."""
    await service.sign_out(bearer)


@router.get("/sessions", summary="List your sessions, the last used first")
async def list_sessions(bearer: Bearer) -> list[SessionEntry]:
    """Those that can still be used, with the address and the browser of their last use."""
    return await service.list_sessions(bearer)


@router.delete(
    "/sessions",
    status_code=204,
    summary="End all your sessions except this one",
    responses=responses(ReauthenticationRequired),
)
async def end_other_sessions(bearer: Writing, known: KnownFactors) -> None:
    """For a person who sees a session that is not theirs. Needs a fresh session."""
    await service.end_other_sessions(bearer, known)


@router.delete(
    "/sessions/{id}",
    status_code=204,
    summary="End one of your sessions",
    responses=responses(NotFound, ValidationFailed, ReauthenticationRequired),
)
async def end_session(bearer: Writing, id: SessionId, known: KnownFactors) -> None:  # noqa: A002  the contract's name
    """Needs a fresh session, unless it is this one.

    Another person's session has the same answer as one that does not exist.
    """
    await service.end_session(bearer, id, known)
