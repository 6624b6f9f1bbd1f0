"""GET /: leads a person who opens the API's address to a page."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from src.settings import Environment, get_settings

router = APIRouter()


@router.get("/", include_in_schema=False)
async def root() -> RedirectResponse:
    """The docs, which are off in production; there it is the web app."""
    settings = get_settings()
    production = settings.environment is Environment.PRODUCTION
    return RedirectResponse(settings.web_url if production else "/docs")
