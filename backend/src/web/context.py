"""What every request gets: an id, one log line, and an answer even after an unexpected error."""

import logging
import re
import time
from contextvars import ContextVar

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.kit import metrics
from src.kit.crypto import random_id
from src.web.errors import InternalError
from src.web.limits import announces_body, refusal_of_headers, refused_by_the_server
from src.web.responses import on_every_answer, problem_response

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


log = logging.getLogger("postern.web")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""Machines request these every few seconds; their log lines would bury all others."""
MAX_LOGGED = 300
"""Characters of a path in a line of the log."""
request_id: ContextVar[str] = ContextVar("request_id", default="-")
current_request: ContextVar[Request | None] = ContextVar("current_request", default=None)
"""The request that is being answered, for lines of the log."""


class RequestContext:
    """The outermost layer: an id on every answer and log line, and no error without an answer."""

    def __init__(self, app: ASGIApp, api_url: str) -> None:
        self.app = app
        self.headers = on_every_answer(api_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered = _asked_for(scope)
        request = Request(answered, receive)
        headers = dict(scope["headers"])
        request.state.request_id = _request_id(headers)
        token = request_id.set(request.state.request_id)
        current = current_request.set(request)
        started = time.perf_counter()
        status = 0
        refusal = refused_by_the_server(scope) or refusal_of_headers(scope)
        whole = refusal is None and not announces_body(headers)
        last = b"upgrade" in headers

        async def receive_noting_the_end() -> Message:
            nonlocal whole
            message = await receive()
            whole = whole or not message.get("more_body", False)
            return message

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.append("X-Request-ID", request.state.request_id)
                headers.update(self.headers)
                headers.setdefault("Cache-Control", "no-store")  # tokens and profiles stay private
                # The rest of this request, or what follows an `Upgrade`, is not read.
                if not whole or last:
                    headers["Connection"] = "close"
            await send(message)

        try:
            if refusal is not None:
                await problem_response(request, refusal)(answered, receive, send_with_id)
            else:
                await self.app(answered, receive_noting_the_end, send_with_id)
        except ClientDisconnect:
            log.info("the client hung up before its request had arrived completely")
        except Exception:
            log.exception("unexpected error")
            if status:  # the answer had begun: the server can only break the connection
                raise
            await problem_response(request, InternalError())(answered, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            _measure(answered, status, seconds)
            # `!r` keeps a line break in a path from forging a line of the log.
            level = logging.DEBUG if scope["path"] in PROBES else logging.INFO
            method, path = scope["method"][:MAX_LOGGED], scope["path"][:MAX_LOGGED]
            log.log(level, "%s %r %s %.1fms", method, path, status, seconds * 1e3)
            current_request.reset(current)
            request_id.reset(token)


def _asked_for(scope: Scope) -> Scope:
    """HEAD has the answer of GET without the body, which the server omits (RFC 9110, 9.3.2)."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _measure(scope: Scope, status: int, seconds: float) -> None:
    """Count under the route's path: clients could invent any number of other paths."""
    route = getattr(scope.get("route"), "path", "none")
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.requests.labels(method, route, status).inc()
    metrics.request_seconds.labels(route).observe(seconds)


def _request_id(headers: dict[bytes, bytes]) -> str:
    """The caller's id if it is safe to log, so that a chain of services shares one."""
    offered = headers.get(b"x-request-id", b"").decode("latin-1")
    return offered if REQUEST_ID.fullmatch(offered) else random_id()
