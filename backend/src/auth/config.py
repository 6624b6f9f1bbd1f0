"""GET /auth/config: the public rules."""

from fastapi import APIRouter

from src.auth.schemas import AuthConfig
from src.settings import get_settings
from src.web.routing import JsonRoute

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


@router.get("/config", summary="The public rules of this service")
async def config() -> AuthConfig:
    return AuthConfig(min_password_length=get_settings().min_password_length)
