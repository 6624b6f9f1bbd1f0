"""A refusal as an HTTP answer and as an entry of the OpenAPI document (RFC 9457)."""

from dataclasses import asdict
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import ConfigDict

from src.kit.problem import FieldError, Problem

ALWAYS_SENT = ConfigDict(json_schema_serialization_defaults_required=True)
"""For answers whose fields have defaults: OpenAPI then says that all of them are sent."""
MEDIA_TYPE = "application/problem+json"


def on_every_answer(api_url: str) -> dict[str, str]:
    """The headers of every answer. HSTS is for this host only, and only with https."""
    headers = {"X-Content-Type-Options": "nosniff"}
    if api_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000"
    return headers


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """The problem in the form of RFC 9457, with the id of this request."""
    body = problem_body(
        problem, api_url=request.app.state.api_url, request_id=request.state.request_id
    )
    headers = dict(problem.headers)
    if problem.challenge is not None:
        headers["WWW-Authenticate"] = problem.challenge
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def problem_body(problem: Problem, *, api_url: str, request_id: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"{api_url}/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id,
    }
    if problem.errors:
        body["errors"] = [_shown(error) for error in problem.errors]
    return {**body, **problem.members}


def _shown(error: FieldError) -> dict[str, Any]:
    return {name: value for name, value in asdict(error).items() if name != "params" or value}


def problem_document() -> dict[str, Any]:
    """The JSON schema of a problem, for OpenAPI's components."""
    texts = {name: {"type": "string"} for name in ("title", "detail", "request_id")}
    return {
        "type": "object",
        "description": "A refusal (RFC 9457). `type` is the address of a page that explains it.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(Problem.registry)},
            **texts,
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/RefusedField"},
            },
        },
    }


def refused_field_document() -> dict[str, Any]:
    """The JSON schemas of an entry of `errors`; named, so that all refusals share one."""
    params = {
        "type": "object",
        "description": "The limits and the reason in `message`, for other languages.",
        "additionalProperties": {"type": ["string", "integer"]},
    }
    field = {
        "type": "object",
        "description": "A field that was refused, and why.",
        "required": ["field", "code", "message"],
        "properties": {
            **{name: {"type": "string"} for name in ("field", "code", "message")},
            "params": {"$ref": "#/components/schemas/RefusedFieldParams"},
        },
    }
    return {"RefusedField": field, "RefusedFieldParams": params}


def schema_of(problem: type[Problem]) -> dict[str, Any]:
    """The JSON schema of this refusal alone."""
    document = problem_document()
    fixed = {"status": {"type": "integer", "const": problem.status}}
    fixed["code"] = {"type": "string", "const": problem.code}
    properties = document["properties"] | fixed | {**problem.extensions, **problem.optional}
    required = [*document["required"], *problem.extensions]
    changed = {"required": required, "properties": properties}
    return {**document, "description": problem.why, **changed}


class Documented(dict[str, Any]):
    """An OpenAPI entry that remembers the problems it was made from."""

    problems: tuple[type[Problem], ...] = ()


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of a route with these problems. Their codes are literals."""
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in dict.fromkeys(problems):
        by_status.setdefault(problem.status, []).append(problem)
    return {status: _response(status, listed) for status, listed in by_status.items()}


def with_problems(
    entries: dict[int | str, dict[str, Any]], *more: type[Problem]
) -> dict[int | str, dict[str, Any]]:
    """The same entries, with more problems added to them."""
    documented = [entry for entry in entries.values() if isinstance(entry, Documented)]
    own = [problem for entry in documented for problem in entry.problems]
    return {**entries, **responses(*own, *more)}


def _response(status: int, listed: list[type[Problem]]) -> Documented:
    named = [{"$ref": f"#/components/schemas/{problem.__name__}"} for problem in listed]
    schema = named[0] if len(named) == 1 else {"anyOf": named}
    examples = {
        problem.code: {
            "summary": problem.title,
            "value": {
                "type": f"http://localhost:8000/problems/{problem.code}",
                "title": problem.title,
                "status": status,
                "detail": problem.title,
                "code": problem.code,
                "request_id": "3f0c9d…",
                **{name: one["examples"][0] for name, one in problem.extensions.items()},
            },
        }
        for problem in listed
    }
    entry = Documented(
        description=" · ".join(problem.title for problem in listed),
        content={MEDIA_TYPE: {"schema": schema, "examples": examples}},
    )
    entry.problems = tuple(listed)
    return entry
