"""Verifies Postern's access tokens offline: by its public keys, with no request for a token."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Annotated, ClassVar

import httpx
import jwt
from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

log = logging.getLogger(__name__)

KEEP_FOR = 300.0
"""Seconds after which the key set is fetched anew, as Postern says in `max-age`."""
LOOK_UP_EVERY = 10.0
"""Seconds between two fetches at least, whatever tokens arrive and whether or not it answers."""
GOOD_ALONE = 24 * 3600.0
"""Seconds for which the last known keys are good while Postern is out of reach."""
ANSWER_WITHIN = 3.0
LEEWAY = 60.0
"""Seconds by which Postern's clock and this one may differ."""
MAX_LENGTH = 8192
"""Characters; a token has about 500."""
TYPES = {"at+jwt", "application/at+jwt"}
REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


@dataclass(frozen=True)
class Caller:
    user_id: int
    session_id: int


class Refused(Exception):  # noqa: N818  subclasses name the fact
    """A refusal, told as Postern tells its own (RFC 9457, RFC 6750)."""

    status: ClassVar[int] = 401
    code: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class TokenMissing(Refused):
    code, title = "token_missing", "Sign in first"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class TokenInvalid(Refused):
    code, title = "token_invalid", "The token is not valid"


class TokenExpired(Refused):
    code, title = "token_expired", "The access token has expired"


class KeysUnavailable(Refused):
    status = 503
    code, title = "keys_unavailable", "Tokens cannot be verified at this moment"
    headers: ClassVar = {"Retry-After": "10"}


class Verifier:
    """A FastAPI dependency that gives the `Caller` of a valid token and refuses all others."""

    def __init__(self, postern_url: str) -> None:
        self._issuer = postern_url.rstrip("/")
        self._keys = PublishedKeys(f"{self._issuer}/.well-known/jwks.json")

    async def __call__(self, credentials: Credentials) -> Caller:
        if credentials is None:
            raise TokenMissing
        return await self.verify(credentials.credentials)

    async def verify(self, token: str) -> Caller:
        """Raise `TokenExpired`, `TokenInvalid` or `KeysUnavailable`."""
        if len(token) > MAX_LENGTH:
            raise TokenInvalid
        try:
            header = jwt.get_unverified_header(token)
            if header["alg"] != "ES256" or str(header["typ"]).lower() not in TYPES:
                raise TokenInvalid
            claims = jwt.decode(
                token,
                await self._keys.find(header["kid"]),
                algorithms=["ES256"],
                issuer=self._issuer,
                audience=self._issuer,
                leeway=LEEWAY,
                options={"require": REQUIRED, "strict_aud": True},
            )
            return Caller(int(claims["sub"]), int(claims["sid"]))
        except jwt.ExpiredSignatureError:
            raise TokenExpired from None
        except (jwt.PyJWTError, LookupError, ValueError, TypeError, RecursionError):
            raise TokenInvalid from None

    async def answer(self, _request: Request, refused: Exception) -> JSONResponse:
        """The handler of `Refused`: a problem document, explained by Postern's own page."""
        assert isinstance(refused, Refused)  # noqa: S101  so it is registered
        explained = refused.status == TokenInvalid.status
        body = {
            "type": f"{self._issuer}/problems/{refused.code}" if explained else "about:blank",
            "title": refused.title,
            "status": refused.status,
            "detail": refused.title,
            "code": refused.code,
        }
        media_type = "application/problem+json"
        return JSONResponse(body, refused.status, refused.headers, media_type)


class PublishedKeys:
    """Postern's key set: fetched when it is old, or when a token names a key that it lacks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK:
        """The key of this id; raise `TokenInvalid`, or `KeysUnavailable` where that is unknown.

        Who brings a known key does not wait while another asks.
        """
        if self._is_due(kid) and not (kid in self._keys and self._asking.locked()):
            async with self._asking:
                if self._is_due(kid):  # still, after another has asked
                    await self._ask()
        age = time.monotonic() - self._fetched_at
        if kid in self._keys and age <= GOOD_ALONE:
            return self._keys[kid]
        if age > KEEP_FOR:  # it could not be fetched, and a newer set may have this key
            raise KeysUnavailable
        raise TokenInvalid

    def _is_due(self, kid: str) -> bool:
        now = time.monotonic()
        wanted = kid not in self._keys or now > self._fetched_at + KEEP_FOR
        return wanted and now > self._asked_at + LOOK_UP_EVERY

    async def _ask(self) -> None:
        """Fetch the keys; where that fails, those of before stay."""
        try:
            async with httpx.AsyncClient(timeout=ANSWER_WITHIN) as http:
                answer = (await http.get(self._address)).raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, AttributeError) as error:
            log.warning("Postern's keys could not be fetched from %s: %s", self._address, error)
        else:
            self._keys = {key.key_id: key for key in keys if key.algorithm_name == "ES256"}
            self._fetched_at = time.monotonic()
        finally:
            self._asked_at = time.monotonic()  # at the end: who comes meanwhile waits for it
