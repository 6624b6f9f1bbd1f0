"""Exceptions become problem documents, without what the client sent."""

import logging
import re
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from src.kit.problem import FieldError, Problem
from src.web.context import METHODS
from src.web.errors import (
    InternalError,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    ValidationFailed,
)
from src.web.responses import problem_response
from src.web.strict_json import MAX_FIELD

log = logging.getLogger("postern.web")


PLAIN_WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here.",
    "string_type": "This must be text.",
    "string_too_long": "Use at most {max_length} characters.",
    "model_attributes_type": "The body must be one JSON object.",
}
LIMITS = ("minimum", "maximum", "max_length")
REASON = re.compile(r"[a-z_]{1,30}")
MAX_FIELD_ERRORS = 20
"""The most field errors in one answer. More of them do not help, and each costs time."""


async def handle_problem(request: Request, error: Exception) -> Response:
    """Answer the client with the refusal, and log what only the operator may know."""
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
            _params(item.get("ctx", {})),
        )
        for item in error.errors()[:MAX_FIELD_ERRORS]
    )
    return problem_response(request, ValidationFailed(errors=fields))


def _sentence(error: dict[str, Any]) -> str:
    """Our words if Pydantic's are written for programmers; our own messages stay as they are."""
    words = PLAIN_WORDS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"])


def _params(context: dict[str, Any]) -> dict[str, str | int]:
    """Only what our own sentences are made of: Pydantic's contexts may contain the input."""
    params: dict[str, str | int] = {
        name: value for name in LIMITS if isinstance(value := context.get(name), int)
    }
    if isinstance(reason := context.get("reason"), str) and REASON.fullmatch(reason):
        params["reason"] = reason
    return params


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
