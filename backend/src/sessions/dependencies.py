"""Who is asking: the bearer of a valid access token."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.clock import now
from src.keys.keyring import keyring
from src.sessions import access_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked, TokenExpired, TokenInvalid, TokenMissing
from src.settings import get_settings

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
            "that its browser does not have yet. In their first minute this use does not "
            "prove their receipt.",
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
    return replace(claims, receipt_pending=receipt == "pending")


Bearer = Annotated[Claims, Depends(require_claims)]
BEARER_PROBLEMS = (TokenMissing, TokenInvalid, TokenExpired, SessionRevoked)
