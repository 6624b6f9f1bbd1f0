"""Who is asking: the bearer of a valid access token."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.clock import now
from src.keys.service import signing_key
from src.sessions import access_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import TokenExpired, TokenInvalid, TokenMissing
from src.settings import get_settings

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="The `access_token` from POST /auth/signin.",
)


async def require_claims(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Claims:
    """The claims of the request's token; raise `TokenMissing`, `TokenInvalid`, `TokenExpired`."""
    if credentials is None:
        raise TokenMissing
    return access_tokens.verify(
        signing_key(), credentials.credentials, issuer=get_settings().api_url, at=now()
    )


Bearer = Annotated[Claims, Depends(require_claims)]
BEARER_PROBLEMS = (TokenMissing, TokenInvalid, TokenExpired)
