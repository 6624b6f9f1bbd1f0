"""GET /auth/config: the public rules."""

from fastapi import APIRouter

from src.auth.schemas import AuthConfig
from src.passwords.common import floor
from src.settings import get_settings
from src.web.routing import JsonRoute

router = APIRouter(prefix="/auth", tags=["Accounts"], route_class=JsonRoute)


@router.get("/config", summary="The public rules of this service")
async def read_config() -> AuthConfig:
    """For forms, which can apply them before they are sent."""
    settings = get_settings()
    return AuthConfig(
        min_password_length=settings.min_password_length,
        min_password_guesses=floor(settings),
        signin_methods=["password", *(["magic_link"] if settings.magic_link else [])],
        passkeys=settings.relying_party is not None,
        signup_methods=[
            method
            for method in settings.signup_methods
            if method != "passkey" or settings.relying_party
        ],
        sends_mail=settings.sends_mail,
        requires_verified_email=settings.require_verified_email,
        requires_second_factor=settings.require_second_factor,
        trusted_device_days=settings.trusted_device_days,
        reveals_accounts=settings.signup_reveals_accounts,
    )
