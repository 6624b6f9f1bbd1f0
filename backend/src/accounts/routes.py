"""GET and PATCH /auth/profile, POST /auth/profile/delete."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from src.accounts import service
from src.accounts.schemas import Profile, ProfileDeletion, ProfileUpdate
from src.auth.errors import HASHING_PROBLEMS, InvalidCredentials
from src.errors import responses
from src.sessions.dependencies import BEARER_PROBLEMS, Bearer
from src.web.context import BODY_PROBLEMS, DATABASE_PROBLEMS
from src.web.strict_json import JsonRoute
from src.web.visitor import Asking

router = APIRouter(prefix="/auth/profile", tags=["Profile"], route_class=JsonRoute)


@router.get(
    "",
    summary="Read one's own profile",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def read_profile(bearer: Bearer) -> Profile:
    return await run_in_threadpool(service.read_profile, bearer)


@router.patch(
    "",
    summary="Change one's own profile",
    responses=responses(*BEARER_PROBLEMS, *BODY_PROBLEMS, *DATABASE_PROBLEMS),
)
async def update_profile(bearer: Bearer, body: ProfileUpdate) -> Profile:
    """Only the fields that are sent change; `null` removes a name."""
    changes = body.model_dump(exclude_unset=True)
    return await service.change_profile(bearer, changes)


@router.post(
    "/delete",
    status_code=204,
    summary="Delete one's own account",
    responses=responses(
        *BEARER_PROBLEMS, InvalidCredentials, *BODY_PROBLEMS, *HASHING_PROBLEMS, *DATABASE_PROBLEMS
    ),
)
async def delete_profile(bearer: Bearer, body: ProfileDeletion, client: Asking) -> None:
    """Asks for the password. The account and all that hangs on it is gone, at once and for good."""
    await service.delete_profile(bearer, body.password, client)
