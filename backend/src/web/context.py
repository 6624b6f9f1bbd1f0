"""What every request passes: an id, one log line, and an answer whatever happens."""

import logging
import re
import time
from contextvars import ContextVar
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.errors import (
    DatabaseUnavailable,
    FieldError,
    HeadersTooLarge,
    InternalError,
    MalformedJson,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    RequestTimeout,
    SchemaMismatch,
    UnsupportedMediaType,
    ValidationFailed,
    problem_response,
)
from src.kit import metrics
from src.kit.crypto import random_id

log = logging.getLogger("postern.web")

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds by machines; their log lines would bury all others."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLAIN_WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here.",
    "string_type": "This must be text.",
    "string_too_long": "Use at most {max_length} characters.",
    "model_attributes_type": "The body must be one JSON object.",
}

BODY_PROBLEMS = (
    MalformedJson,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
DATABASE_PROBLEMS = (DatabaseUnavailable, SchemaMismatch)

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
MAX_TARGET = 65_535
"""Bytes of path and query: what httptools takes. h11 knows no bound."""
AT_MOST_ONCE = frozenset({b"host", b"authorization", b"content-type", b"content-length"})
MAX_LOGGED = 300
"""Characters of a path in a line of the log."""
MAX_FIELD_ERRORS = 20
"""Of one body: a hundred tell no more, and each costs time."""
MAX_FIELD = 100
"""Characters of a name that the client has made up."""

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestContext:
    """The outermost layer: an id on every answer and log line, and no error without an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered = _asked_for(scope)
        request = Request(answered, receive)
        headers = dict(scope["headers"])
        request.state.request_id = _request_id(headers)
        token = request_id.set(request.state.request_id)
        started = time.perf_counter()
        status = 0
        refusal = _refusal_of_headers(scope)
        whole = refusal is None and not _announces_body(headers)
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
                headers.append("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")  # tokens and profiles stay private
                # What is still to come is not read, of this request or after an `Upgrade`.
                if not whole or last:
                    headers["Connection"] = "close"
            await send(message)

        try:
            if refusal is not None:
                await problem_response(request, refusal)(answered, receive, send_with_id)
            else:
                await self.app(answered, receive_noting_the_end, send_with_id)
        except ClientDisconnect:
            log.info("the client hung up before its request was whole")
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
            request_id.reset(token)


def _asked_for(scope: Scope) -> Scope:
    """HEAD asks for what GET does (RFC 9110, section 9.3.2); the server leaves the body out."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _measure(scope: Scope, status: int, seconds: float) -> None:
    """Under the path as the route has it: what clients make up would be names without end."""
    route = getattr(scope.get("route"), "path", "none")
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.requests.labels(method, route, status).inc()
    metrics.request_seconds.labels(route).observe(seconds)


def _announces_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"").strip(b"0") != b"" or b"transfer-encoding" in headers


def _refusal_of_headers(scope: Scope) -> Problem | None:
    """Headers past all use, or ones that a proxy in front may have read in another way."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    # A token past all use is refused as a token, by whoever reads it.
    sizes = [len(name) + len(value) for name, value in headers if name != b"authorization"]
    if len(headers) > MAX_HEADERS or sum(sizes) > MAX_HEADER_BYTES:
        return HeadersTooLarge()
    names = [name for name, _ in headers]
    single = [name for name in names if name in AT_MOST_ONCE]
    twice = len(single) > len(set(single))
    nowhere = scope["http_version"] == "1.1" and b"host" not in names
    two_lengths = b"content-length" in names and b"transfer-encoding" in names
    long = len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET
    if twice or nowhere or two_lengths or long:
        return MalformedRequest()
    if b"upgrade" in names and _announces_body(dict(headers)):
        return MalformedRequest("A request with a body cannot ask for another protocol, too.")
    return None


def _request_id(headers: dict[bytes, bytes]) -> str:
    """The caller's id where it is harmless to log, so that a chain of services shares one."""
    offered = headers.get(b"x-request-id", b"").decode("latin-1")
    return offered if REQUEST_ID.fullmatch(offered) else random_id()


async def handle_problem(request: Request, error: Exception) -> Response:
    """Tell the client the refusal, and the operator what the client may not know."""
    assert isinstance(error, Problem)  # noqa: S101  registered for this class only
    if error.log:
        level = logging.ERROR if error.status >= InternalError.status else logging.INFO
        log.log(level, "%s: %s", error.code, " ".join(f"{k}={v!r}" for k, v in error.log.items()))
    return problem_response(request, error)


async def handle_validation(request: Request, error: Exception) -> Response:
    """Field errors without the submitted values: a password must not come back (or be logged)."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = tuple(
        FieldError(
            (".".join(map(str, item["loc"][1:])) or str(item["loc"][0]))[:MAX_FIELD],
            item["type"],
            _sentence(item),
        )
        for item in error.errors()[:MAX_FIELD_ERRORS]
    )
    return problem_response(request, ValidationFailed(errors=fields))


def _sentence(error: dict[str, Any]) -> str:
    """Our words where Pydantic's are for programmers; a text of our own is told as it is."""
    words = PLAIN_WORDS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"])


async def handle_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (no such path, no such method) in our words."""
    assert isinstance(error, HTTPException)  # noqa: S101
    known: dict[int, type[Problem]] = {
        problem.status: problem for problem in (NotFound, MethodNotAllowed, MalformedJson)
    }
    problem = known.get(error.status_code, InternalError)
    headers = {"Allow": _allowed(request)} if problem is MethodNotAllowed else {}
    return problem_response(request, problem(headers=headers))


def _allowed(request: Request) -> str:
    """All methods of this path (RFC 9110, section 10.2.1); Starlette names the first route's."""

    def answers(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(answers, METHODS)).replace("GET", "GET, HEAD")
