"""Signed-in people for tests: a Postern in memory, with a key of its own. No server, no network.

The pytest plugin does this by itself. Other test runners use `PosternInMemory` directly.
"""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from postern_auth import network

ISSUER = "http://postern.test"
"""The issuer of tests that name no other."""
LIFE = 900
"""Seconds that a token lives."""


@dataclass(frozen=True)
class TestUser:
    """A person with a session."""

    __test__ = False  # no test, although its name begins with Test

    id: int
    session_id: int
    email: str
    name: str | None
    email_verified: bool
    token: str = field(repr=False)
    """A valid access token, unless the user was made otherwise."""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class PosternInMemory:
    """Makes users, signs their tokens, and answers as Postern does while it is `trusted`."""

    def __init__(self, issuer: str = ISSUER, audience: str | None = None) -> None:
        self.issuer = issuer.rstrip("/")
        self.audience = audience or self.issuer
        self._key = generate_private_key(SECP256R1())
        self._kid = secrets.token_urlsafe(16)
        self._users: dict[int, TestUser] = {}
        self._revoked: set[int] = set()

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """Within, every `Postern` of this process asks this one, whatever its address is."""
        with network.answered_by(httpx.MockTransport(self.answer)):
            yield

    def user(  # noqa: PLR0913  each is a thing that a test may be about
        self,
        id: int = 1,  # noqa: A002  as Postern names it
        *,
        email: str | None = None,
        name: str | None = None,
        email_verified: bool = True,
        signed_in_minutes_ago: float = 0,
        expired: bool = False,
        revoked: bool = False,
        issuer: str | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> TestUser:
        """A person with a new session.

        `expired`: the token is an hour too old. `revoked`: the session has ended, which only
        Postern knows. `issuer`: another Postern signed it in. `claims` replace those of the token.
        """
        session_id = len(self._users) + 1
        at = int(time.time()) - (LIFE + 3600 if expired else 0)
        proven = at - int(60 * signed_in_minutes_ago)
        good = self._claims(id, session_id, issued_at=at, proven_at=proven)
        other = {"iss": issuer, "aud": issuer} if issuer else {}
        token = self.sign(good | other | dict(claims or {}))
        address = email or f"user{id}@example.com"
        user = TestUser(id, session_id, address, name, email_verified, token)
        self._users[session_id] = user
        if revoked:
            self.revoke(user)
        return user

    def revoke(self, user: TestUser) -> None:
        """End the session: the token stays valid for all who do not ask Postern."""
        self._revoked.add(user.session_id)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with exactly these claims."""
        headers = {"typ": "at+jwt", "kid": self._kid}
        return jwt.encode(dict(claims), self._key, "ES256", headers=headers)

    def _claims(
        self, user_id: int, session_id: int, *, issued_at: int, proven_at: int
    ) -> dict[str, Any]:
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "client_id": "postern",
            "sub": str(user_id),
            "sid": str(session_id),
            "gen": 1,
            "iat": issued_at,
            "exp": issued_at + LIFE,
            "jti": secrets.token_urlsafe(16),
            "auth_time": proven_at,
            "amr": ["pwd"],
            "acr": "aal1",
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What Postern would answer to this request."""
        match urlsplit(str(request.url)).path.removeprefix(urlsplit(self.issuer).path):
            case "/.well-known/jwks.json":
                jwk = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
                published = {**jwk, "kid": self._kid, "alg": "ES256", "use": "sig"}
                return httpx.Response(200, json={"keys": [published]})
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json={"issuer": self.issuer})
            case "/auth/profile":
                return self._profile(request)
            case _:
                return httpx.Response(404, json={"code": "not_found"})

    def _profile(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        users = [user for user in self._users.values() if user.token == token]
        if not users:
            return httpx.Response(401, json={"code": "token_invalid"})
        user = users[0]
        if user.session_id in self._revoked:
            return httpx.Response(401, json={"code": "session_revoked"})
        made = datetime.now(UTC).isoformat()
        profile = {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "email_verified": user.email_verified,
            "created_at": made,
            "updated_at": made,
        }
        return httpx.Response(200, json=profile)


def authorize(client: Any, user: TestUser) -> None:  # noqa: ANN401  clients share no type
    """Send the user's token with every request of this client.

    It may be one of httpx, Starlette, FastAPI or requests, or of Flask or Django.
    """
    if hasattr(client, "environ_base"):  # Flask
        client.environ_base["HTTP_AUTHORIZATION"] = user.headers["Authorization"]
    elif hasattr(client, "headers"):
        client.headers.update(user.headers)
    elif hasattr(client, "defaults"):  # Django
        client.defaults["HTTP_AUTHORIZATION"] = user.headers["Authorization"]
    else:
        raise TypeError(f"{type(client).__name__} is no client that this knows: send user.headers.")


def forget(client: Any) -> None:  # noqa: ANN401  clients share no type
    """Send no token any more."""
    for place in ("environ_base", "headers", "defaults"):
        kept = getattr(client, place, None)
        if kept is not None:
            kept.pop("HTTP_AUTHORIZATION", None)
            kept.pop("Authorization", None)
