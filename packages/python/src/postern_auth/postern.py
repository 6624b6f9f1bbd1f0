"""A Postern that a service trusts: it verifies tokens, knows people, and installs itself."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import httpx

from postern_auth import network, profiles
from postern_auth.claims import Claims
from postern_auth.keys import PublishedKeys, UnknownKey
from postern_auth.profiles import Profile, Remembered
from postern_auth.refusals import (
    Answer,
    PosternUnavailable,
    ReauthenticationRequired,
    Refused,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from postern_auth.settings import Settings, SettingsRefused
from postern_auth.tokens import Judge

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger("postern_auth")

REFUSALS = {refused.code: refused for refused in (SessionRevoked, TokenExpired, TokenInvalid)}
OK, UNAUTHORIZED = 200, 401


class Postern:
    """Made once for a process, best by `from_env`. Making it asks nobody anything."""

    def __init__(
        self,
        issuer: str,
        *,
        internal_url: str | None = None,
        audience: str | None = None,
        explain_refusals: bool | None = None,
    ) -> None:
        """Raise `SettingsRefused` for an address that cannot be one.

        `explain_refusals` writes a warning with the claim that failed. By default only an issuer
        with http:// does, which is one of development.
        """
        self._settings = Settings.checked(issuer, internal_url, audience)
        explains = issuer.startswith("http:") if explain_refusals is None else explain_refusals
        self._judge = Judge(self._settings, explains=explains)
        self._keys = PublishedKeys(f"{self._settings.internal_url}/.well-known/jwks.json")
        self._profiles = Remembered()
        self._kept: dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}
        """Connections belong to the event loop that opened them."""
        self._network = network.in_use()

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """POSTERN_ISSUER, and where they differ POSTERN_INTERNAL_URL and POSTERN_AUDIENCE."""
        settings = Settings.from_env(environment)
        return cls(settings.issuer, internal_url=settings.internal_url, audience=settings.audience)

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    @property
    def audience(self) -> str:
        return self._settings.audience

    def install(self, app: "FastAPI") -> None:
        """Let the routes of `app` use `CurrentUser` and the others of `postern_auth.fastapi`."""
        from postern_auth.fastapi import install

        install(self, app)

    def verify(self, token: str) -> Claims:
        """Who has this token. Raise `TokenInvalid`, `TokenExpired` or `KeysUnavailable`.

        It works in any thread. About once in five minutes it waits for Postern's keys.
        """
        kid = self._judge.key_id(token)
        try:
            key = self._keys.find(kid)
        except UnknownKey as unknown:
            raise self._judge.unknown_key(kid, unknown) from None
        return self._judge.claims(token, key)

    async def verify_async(self, token: str) -> Claims:
        """The same on an event loop, which goes on meanwhile."""
        kid = self._judge.key_id(token)
        try:
            key = await self._keys.find_async(kid)
        except UnknownKey as unknown:
            raise self._judge.unknown_key(kid, unknown) from None
        return self._judge.claims(token, key)

    async def profile(self, user: Claims) -> Profile:
        """E-mail address and name, up to a minute old. Raise `SessionRevoked`, or what `live` does.

        Postern is asked once a minute for each session.
        """
        self._notice_the_network()
        return self._profiles.find(user.session_id) or await self.live(user)

    async def live(self, user: Claims) -> Profile:
        """Ask Postern whether the session still lives: at once after a sign-out it does not.

        Raise `SessionRevoked`, `TokenExpired`, `TokenInvalid`, or `PosternUnavailable`.
        """
        self._notice_the_network()
        try:
            async with self._client() as client:
                answer = await client.get(
                    f"{self._settings.internal_url}/auth/profile",
                    # Pending: our having the token does not prove that the browser has it.
                    headers={"Authorization": f"Bearer {user.token}", "Postern-Receipt": "pending"},
                )
            body = answer.json()
            if answer.status_code == OK:
                profile = profiles.read(body)
                self._profiles.keep(user.session_id, profile)
                return profile
            code = str(body["code"])
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            log.warning("Postern could not be asked at %s: %r", self._settings.internal_url, error)
            raise PosternUnavailable from None
        self._profiles.forget(user.session_id)
        if answer.status_code == UNAUTHORIZED:
            raise REFUSALS.get(code, TokenInvalid)
        log.warning("Postern answered %s %s", answer.status_code, code)
        raise PosternUnavailable

    def require_recent(self, user: Claims, *, minutes: int = 10) -> None:
        """Raise `ReauthenticationRequired` unless the person proved who they are since then."""
        since = datetime.now(UTC) - timedelta(minutes=minutes)
        if user.auth_time is None or user.auth_time < since:
            raise ReauthenticationRequired(minutes * 60)

    def answer(self, refused: Refused) -> Answer:
        """The refusal as an HTTP answer with a problem document (RFC 9457)."""
        return refused.answer(self._settings.issuer)

    async def check(self) -> None:
        """Compare the settings with what Postern says of itself; raise `SettingsRefused`.

        A Postern that cannot be reached is only a warning: it may start later than this service.
        """
        url = f"{self._settings.internal_url}/.well-known/openid-configuration"
        try:
            answer = (await asyncio.to_thread(network.get, url)).raise_for_status()
            issuer = _issuer(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            log.warning("Postern does not answer at %s: %s", url, error)
            return
        if issuer != self._settings.issuer:
            raise SettingsRefused(
                f"Postern at {self._settings.internal_url} says its issuer is {issuer}, and "
                f"POSTERN_ISSUER says {self._settings.issuer}. Set POSTERN_ISSUER to {issuer}."
            )

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Within, on this event loop, connections to Postern are kept open between requests."""
        loop = asyncio.get_running_loop()
        async with network.asynchronous() as client:
            self._kept[loop] = client
            try:
                yield
            finally:
                self._kept.pop(loop, None)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        kept = self._kept.get(asyncio.get_running_loop())
        if kept is not None:
            yield kept
            return
        async with network.asynchronous() as client:
            yield client

    def _notice_the_network(self) -> None:
        """A test may have put a Postern in memory in its place, since then."""
        if self._network is not network.in_use():
            self._network, self._profiles = network.in_use(), Remembered()
            self._kept.clear()


def _issuer(document: Any) -> str:  # noqa: ANN401  it is what a server sent
    issuer = document.get("issuer") if isinstance(document, dict) else None
    if not isinstance(issuer, str):
        raise ValueError("there is no issuer in the answer")  # noqa: TRY004  to the caller it is one
    return issuer[:200]
