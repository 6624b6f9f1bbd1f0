"""FastAPI: parameters of routes that are the user, and refusals that are problem documents."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Response, Security, WebSocket
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from postern_auth.bearer import bearer
from postern_auth.claims import Claims
from postern_auth.postern import Postern
from postern_auth.refusals import Refused, TokenMissing

POLICY_VIOLATION = 1008
SCHEME = "Postern"
_TEXT = {"type": "string"}
_FIELDS = {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT}
_PROBLEM = {"type": "object", "properties": _FIELDS | {"code": _TEXT}}
REFUSAL = {
    "description": "No access token, or one that is not valid. `code` says which.",
    "headers": {"WWW-Authenticate": {"schema": _TEXT}},
    "content": {
        "application/problem+json": {"schema": _PROBLEM | {"required": [*_FIELDS, "code"]}}
    },
}


def install(postern: Postern, app: FastAPI) -> None:
    """What `postern.install(app)` does."""
    app.state.postern = postern
    app.add_exception_handler(Refused, cast("Any", _answer))
    starts = app.router.lifespan_context

    @asynccontextmanager
    async def checked(app: FastAPI) -> AsyncIterator[Mapping[str, Any] | None]:
        await postern.check()
        async with postern.connected(), starts(app) as state:
            yield state

    app.router.lifespan_context = cast("Any", checked)
    app.openapi = _with_refusals(app.openapi)  # type: ignore[method-assign]  # as FastAPI's docs do


def _with_refusals(openapi: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The document with a 401 for each operation that reads the token: no parameter can add it."""

    def document() -> dict[str, Any]:
        made = openapi()
        for item in made.get("paths", {}).values():
            for operation in item.values():
                if isinstance(operation, dict) and {SCHEME: []} in operation.get("security", ()):
                    operation["responses"].setdefault("401", REFUSAL)
        return made

    return document


def _postern(connection: HTTPConnection) -> Postern:
    """The one that is installed; an app that is mounted in another needs its own `install`."""
    postern = getattr(connection.app.state, "postern", None)
    if not isinstance(postern, Postern):
        raise TypeError("No Postern is installed in this app. Call postern.install(app).")
    return postern


async def _answer(connection: HTTPConnection, refused: Exception) -> Response | None:
    assert isinstance(refused, Refused)  # noqa: S101  so it is registered
    if isinstance(connection, WebSocket):
        await connection.close(POLICY_VIOLATION, refused.code)
        return None
    answer = _postern(connection).answer(refused)
    return Response(answer.body, answer.status, answer.headers)


class _Scheme(HTTPBearer):
    """Puts the scheme into OpenAPI, so that "Authorize" of /docs works; also for WebSockets."""

    async def __call__(self, request: HTTPConnection) -> str | None:  # type: ignore[override]  # the token, and no credentials
        return bearer(request.headers.get("Authorization"))


_scheme = _Scheme(
    scheme_name=SCHEME,
    bearerFormat="JWT",
    description="An access token: `access_token` in the answer of Postern's POST /auth/signin.",
)
_Token = Annotated[str | None, Security(_scheme)]


async def _optional(connection: HTTPConnection, token: _Token) -> Claims | None:
    """None without a token. One that is not valid is refused."""
    postern = _postern(connection)
    return None if token is None else await postern.verify_async(token)


OptionalUser = Annotated[Claims | None, Depends(_optional)]


async def _current(user: OptionalUser) -> Claims:
    if user is None:
        raise TokenMissing
    return user


CurrentUser = Annotated[Claims, Depends(_current)]


async def _live(connection: HTTPConnection, user: CurrentUser) -> Claims:
    await _postern(connection).live(user)
    return user


LiveUser = Annotated[Claims, Depends(_live)]
"""Postern is asked whether the session still lives, for what must not happen after a sign-out."""


def RecentlySignedIn(*, minutes: int = 10) -> Any:  # noqa: ANN401, N802  as FastAPI's own `Depends`
    """The user, if they proved who they are within these minutes; else 403.

    It stands in `Annotated[Claims, RecentlySignedIn()]`, or in `dependencies=[…]` of a route.
    """

    async def recent(connection: HTTPConnection, user: CurrentUser) -> Claims:
        _postern(connection).require_recent(user, minutes=minutes)
        return user

    return Depends(recent)
