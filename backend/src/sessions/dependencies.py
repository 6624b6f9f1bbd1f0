"""The bearer of a valid access token."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from src.keys.dependencies import keyring
from src.kit.clock import now
from src.sessions import access_tokens
from src.sessions.access_tokens import Claims
from src.sessions.errors import SessionRevoked, TokenExpired, TokenInvalid, TokenMissing
from src.sessions.second_factors import SecondFactors
from src.settings import get_settings

Receipt = Annotated[
    str | None,
    Header(
        alias="Postern-Receipt",
        description="`pending`: the server of a web app uses tokens that it has just received, and "
        "that its browser does not have yet. In their first minute this use does not "
        "prove their receipt.",
    ),
]


class AccessToken(HTTPBearer):
    """The scheme and the claims of its token in one dependency, since each costs time."""

    async def __call__(self, request: HTTPConnection, receipt: Receipt = None) -> Claims:  # type: ignore[override]  # claims, and no credentials
        """The claims of the request's token. Raises `TokenMissing`, `TokenInvalid`, `TokenExpired`.

        The query of the request itself also checks whether its session is still valid.
        """
        credentials = await super().__call__(request)
        if credentials is None:
            raise TokenMissing
        token = credentials.credentials
        key = await keyring(request).verifying_key(access_tokens.key_id(token))
        if key is None:
            raise TokenInvalid
        claims = access_tokens.verify(key, token, issuer=get_settings().api_url, at=now())
        return replace(claims, receipt_pending=True) if receipt == "pending" else claims


bearer = AccessToken(
    auto_error=False,
    scheme_name="HTTPBearer",
    bearerFormat="JWT",
    description="The `access_token` from POST /auth/signin.",
)
Bearer = Annotated[Claims, Depends(bearer)]


async def optional_bearer(connection: HTTPConnection, receipt: Receipt = None) -> Claims | None:
    """The claims of the token. None if there is no token; one that is not valid is refused."""
    if "authorization" not in connection.headers:
        return None
    return await bearer(connection, receipt)


OptionalBearer = Annotated[Claims | None, Depends(optional_bearer)]
BEARER_PROBLEMS = (TokenMissing, TokenInvalid, TokenExpired, SessionRevoked)


def second_factors(request: Request) -> SecondFactors:
    known: SecondFactors = request.app.state.second_factors
    return known


async def _known(request: Request) -> SecondFactors:  # async: FastAPI runs others in threads
    return second_factors(request)


KnownFactors = Annotated[SecondFactors, Depends(_known)]
