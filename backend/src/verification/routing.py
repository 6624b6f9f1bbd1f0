"""What routes about links in mails share."""

from typing import Annotated

from fastapi import Depends, Request

from src.verification.errors import (
    LinkExpired,
    LinkInvalid,
    LinkOfAnotherAccount,
    LinkReplaced,
    LinkUsed,
)
from src.web.visitor import Visitor, visitor_of

LINK_PROBLEMS = (LinkInvalid, LinkExpired, LinkUsed, LinkReplaced, LinkOfAnotherAccount)


async def _visiting(request: Request) -> Visitor:  # async: FastAPI runs others in threads
    return visitor_of(request)


Visiting = Annotated[Visitor, Depends(_visiting)]
