"""POST /auth/refresh, POST /auth/signout, and the sessions that a person can see and end."""

from typing import Annotated

from fastapi import APIRouter, Path

from src.database.database import in_transaction
from src.database.errors import DATABASE_PROBLEMS
from src.ratelimit.errors import RateLimited
from src.sessions import rotation, service
from src.sessions.access_tokens import MAX_ID
from src.sessions.dependencies import BEARER_PROBLEMS, Bearer
from src.sessions.errors import RefreshTokenReused, SessionRevoked, TokenInvalid
from src.sessions.schemas import RefreshRequest, SessionEntry, Tokens
from src.web.errors import BODY_PROBLEMS, NotFound, ValidationFailed
from src.web.responses import responses
from src.web.strict_json import JsonRoute

router = APIRouter(prefix="/auth", tags=["Sessions"], route_class=JsonRoute)

SessionId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.post(
    "/refresh",
    summary="Get the next pair of tokens",
    responses=responses(
        TokenInvalid,
        SessionRevoked,
        RefreshTokenReused,
        *BODY_PROBLEMS,
        RateLimited,
        *DATABASE_PROBLEMS,
    ),
)
async def refresh(body: RefreshRequest) -> Tokens:
    """A refresh token is good once; an older one ends the session.

    The one just before gives the same pair again, for tabs side by side and for lost answers.
    """
    return await rotation.refresh(body.refresh_token)


@router.post(
    "/signout",
    status_code=204,
    summary="End this session",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def signout(bearer: Bearer) -> None:
    await in_transaction(service.sign_out, bearer)


@router.get(
    "/sessions",
    summary="List one's own sessions, the last used first",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def list_sessions(bearer: Bearer) -> list[SessionEntry]:
    return await in_transaction(service.listed, bearer)


@router.delete(
    "/sessions",
    status_code=204,
    summary="End all of one's own sessions but this one",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def end_other_sessions(bearer: Bearer) -> None:
    await in_transaction(service.end_others, bearer)


@router.delete(
    "/sessions/{id}",
    status_code=204,
    summary="End one of one's own sessions",
    responses=responses(*BEARER_PROBLEMS, NotFound, ValidationFailed, *DATABASE_PROBLEMS),
)
async def end_session(bearer: Bearer, id: SessionId) -> None:  # noqa: A002  the contract's name
    """Another person's session is answered as one that does not exist."""
    await in_transaction(service.end_one, bearer, id)
