"""Plain ASGI middleware: every request has a user, or is refused before the app sees it."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import TYPE_CHECKING, Any

from postern_auth.bearer import bearer
from postern_auth.refusals import Refused, TokenMissing

if TYPE_CHECKING:
    from postern_auth.claims import Claims
    from postern_auth.postern import Postern

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY_VIOLATION = 1008


class PosternMiddleware:
    """The user is `scope["user"]`. On `public` paths a request needs no token: None stands there.

    A token that is not valid is refused on every path. The question of a browser before a request
    of another origin (a preflight) passes, since it never carries a token.
    """

    def __init__(self, app: App, postern: "Postern", *, public: Collection[str] = ()) -> None:
        self._app, self._postern, self._public = app, postern, frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"} and not _is_preflight(scope):
            try:
                scope["user"] = await self._user(scope)
            except Refused as refused:
                await self._refuse(scope, send, refused)
                return
        await self._app(scope, receive, send)

    async def _user(self, scope: Scope) -> "Claims | None":
        token = bearer(_header(scope, b"authorization"))
        if token is not None:
            return await self._postern.verify_async(token)
        if scope["path"] in self._public:
            return None
        raise TokenMissing

    async def _refuse(self, scope: Scope, send: Send, refused: Refused) -> None:
        if scope["type"] == "websocket":
            closing = {"code": POLICY_VIOLATION, "reason": refused.code}
            await send({"type": "websocket.close", **closing})
            return
        answer = self._postern.answer(refused)
        headers = [
            (name.lower().encode(), value.encode()) for name, value in answer.headers.items()
        ]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})


def _header(scope: Scope, name: bytes) -> str | None:
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return values[0].decode("latin-1") if values else None


def _is_preflight(scope: Scope) -> bool:
    asked = _header(scope, b"access-control-request-method")
    return scope["type"] == "http" and scope["method"] == "OPTIONS" and asked is not None
