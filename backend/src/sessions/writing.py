"""The bearer of a request that changes something, as often as the limits allow."""

from typing import Annotated

from fastapi import Depends

from src.ratelimit.dependencies import Limits
from src.sessions import service
from src.sessions.access_tokens import Claims
from src.sessions.dependencies import Bearer


async def writing(bearer: Bearer, limits: Limits) -> Claims:
    """The claims, after the request was counted. Raises `RateLimited`."""
    await service.count_change(bearer, limits)
    return bearer


Writing = Annotated[Claims, Depends(writing)]
