"""The limits of the running service."""

from typing import Annotated

from fastapi import Depends, Request

from src.ratelimit.limiter import Limiter


def limiter(request: Request) -> Limiter:
    found: Limiter = request.app.state.limiter
    return found


async def _limits(request: Request) -> Limiter:  # async: FastAPI runs others in threads
    return limiter(request)


Limits = Annotated[Limiter, Depends(_limits)]
