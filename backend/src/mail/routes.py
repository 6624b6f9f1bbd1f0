"""GET /dev/mail: the mailbox of development. In production this route does not exist."""

from fastapi import APIRouter

from src.database.routing import DatabaseRoute
from src.mail import service
from src.mail.schemas import DevMail

router = APIRouter(prefix="/dev", route_class=DatabaseRoute, include_in_schema=False)


@router.get("/mail")
async def mailbox(to: str | None = None) -> list[DevMail]:
    return await service.mailbox(to)
