"""GET and PATCH /auth/profile."""

from fastapi import APIRouter

from src.auth.dependencies import BEARER_PROBLEMS, Bearer
from src.database.database import in_transaction
from src.errors import responses
from src.strict_json import JsonRoute
from src.users import service
from src.users.schemas import Profile, ProfileUpdate
from src.web import BODY_PROBLEMS, DATABASE_PROBLEMS

router = APIRouter(prefix="/auth/profile", tags=["Profile"], route_class=JsonRoute)


@router.get(
    "",
    summary="Read one's own profile",
    responses=responses(*BEARER_PROBLEMS, *DATABASE_PROBLEMS),
)
async def read_profile(bearer: Bearer) -> Profile:
    return await in_transaction(service.require_profile, bearer.user_id)


@router.patch(
    "",
    summary="Change one's own profile",
    responses=responses(*BEARER_PROBLEMS, *BODY_PROBLEMS, *DATABASE_PROBLEMS),
)
async def update_profile(bearer: Bearer, body: ProfileUpdate) -> Profile:
    """Only the fields that are sent change; `null` removes a name."""
    changes = body.model_dump(exclude_unset=True)
    return await in_transaction(service.update_profile, bearer.user_id, changes)
