"""Who is asking: the bearer of a valid access token."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.clock import now
from src.keys.keyring import keyring
from src.sessions import access_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked, TokenExpired, TokenInvalid, TokenMissing
from src.settings import get_settings

UNCONFIRMED_FOR = timedelta(seconds=60)
"""After its issue, a token may be used without counting as received."""

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="The `access_token` from POST /auth/signin.",
)


async def require_claims(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    receipt: Annotated[
        str | None,
        Header(
            alias="Postern-Receipt",
            description="`pending`: the server of a web app uses tokens that it has just got, and "
            "that its browser does not have yet. This use then does not prove their receipt.",
        ),
    ] = None,
) -> Claims:
    """The claims of the request's token; raise `TokenMissing`, `TokenInvalid`, `TokenExpired`.

    Whether its session still counts is asked together with what the request is about.
    """
    if credentials is None:
        raise TokenMissing
    token = credentials.credentials
    key = await keyring.verifying_key(access_tokens.key_id(token))
    if key is None:
        raise TokenInvalid
    claims = access_tokens.verify(key, token, issuer=get_settings().api_url, at=now())
    if receipt == "pending" and now() < claims.issued_at + UNCONFIRMED_FOR:
        return replace(claims, generation=0)
    return claims


Bearer = Annotated[Claims, Depends(require_claims)]
BEARER_PROBLEMS = (TokenMissing, TokenInvalid, TokenExpired, SessionRevoked)
