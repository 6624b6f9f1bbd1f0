"""Refusals: one class each, told to clients as RFC 9457 problems, each with a page of its own."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from fastapi import Request
from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class FieldError:
    """One refused field: its path in the body, a stable code, and a sentence without its value."""

    field: str
    code: str
    message: str


class Problem(Exception):  # noqa: N818  subclasses name the fact, as RFC 9457 does
    """A refusal with a stable code. `detail` is for the client, `log` for the operator."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    why: ClassVar[str]
    """What it means and why it happens, for the page at /problems/{code}."""
    mend: ClassVar[str]
    """What to do about it, for the same page."""
    keeps_writes: ClassVar[bool] = False
    """True where the write is the record of the refusal: the transaction is then committed."""
    retry_after: int | None = None
    """Seconds, for the Retry-After header (RFC 9110, section 10.2.3)."""
    challenge: ClassVar[str | None] = None
    """The WWW-Authenticate header of a 401 on a bearer endpoint (RFC 6750, section 3)."""

    registry: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Problem.registry[cls.code] = cls

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
        log: dict[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = headers or {}
        self.log = log or {}
        if retry_after is not None:
            self.retry_after = retry_after


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """The problem as RFC 9457 has it, with this request's id."""
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
        body["errors"] = [asdict(error) for error in problem.errors]
    return body


def problem_document() -> dict[str, Any]:
    """The JSON schema of a problem, for OpenAPI's components."""
    field_error = {
        "type": "object",
        "required": ["field", "code", "message"],
        "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
    }
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
            "errors": {"type": "array", "items": field_error},
        },
    }


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of a route that may refuse with these problems, codes as literals."""
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    return {status: _response(status, listed) for status, listed in by_status.items()}


def _response(status: int, listed: list[type[Problem]]) -> dict[str, Any]:
    codes = {"type": "object", "properties": {"code": {"enum": [p.code for p in listed]}}}
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
            },
        }
        for problem in listed
    }
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, codes]}
    return {
        "description": " · ".join(problem.title for problem in listed),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


class ValidationFailed(Problem):
    status = 422
    code = "validation_failed"
    title = "Some fields were not accepted"
    why = (
        "The request was read, but at least one field is missing, unknown, of the wrong type or "
        "outside its rules. `errors` names each field with a code and a sentence."
    )
    mend = "Correct the fields that `errors` names and send the request again."


class MalformedJson(Problem):
    status = 400
    code = "malformed_json"
    title = "The body is not valid JSON"
    why = (
        "Postern reads strict JSON (RFC 8259) in UTF-8. `NaN`, `Infinity`, duplicate names, a byte "
        "order mark, lone surrogates and over-deep nesting are refused, because two programs could "
        "read them in two ways."
    )
    mend = "Send one JSON object in UTF-8, as every JSON library writes it by default."


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    title = "The body must be sent as application/json"
    why = "The Content-Type header is missing or names something other than JSON."
    mend = "Send the header `Content-Type: application/json`."


class PayloadTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    title = "The body is larger than 64 KiB"
    why = "No request of this API needs more than 64 KiB, so larger bodies are not read to the end."
    mend = "Send a smaller body; most likely something was put into the wrong field."


class RequestTimeout(Problem):
    status = 408
    code = "request_timeout"
    title = "The request did not arrive in time"
    why = (
        "The headers have twenty seconds to arrive in full, and then the body has ten, since "
        "whoever sends slowly holds a connection that others need. Nothing of it was saved."
    )
    mend = "Send the whole request again, at once; if it was, look at the network in between."


class HeadersTooLarge(Problem):
    status = 431
    code = "headers_too_large"
    title = "The headers are more than 100, or larger than 32 KiB"
    why = (
        "No request of this API needs more than 100 headers or 32 KiB of them, so a larger one is "
        "not looked at. Cookies of other services on the same host are what adds up most often."
    )
    mend = "Send fewer and shorter headers; this API reads no cookies, so leave those out."


class MalformedRequest(Problem):
    status = 400
    code = "malformed_request"
    title = "The request is not HTTP/1.1, or can be read in two ways"
    why = (
        "It is not written as RFC 9112 says: a line of it is no header, or a chunk has no length. "
        "Or its first line is longer than 64 KiB. Or it names its host, its token, its content "
        "type or its length twice, or not at all where there must be one (sections 3.2 and 6.1), "
        "so that a proxy and this service could each believe another one. Or it has a body and "
        "asks for another protocol, so that what follows its head could be either."
    )
    mend = (
        "Send one `Host`, at most one `Authorization` and `Content-Type`, one kind of length, and "
        "no `Upgrade` with a body: `curl --http1.1`, and `version(HTTP_1_1)` for Java's HttpClient."
    )


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = "There is nothing at this address"
    why = "The path does not exist, or what it named is gone or was never yours to see."
    mend = "Check the path. In development /docs lists every address."


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title = "This address does not answer to that method"
    why = "The path exists, but not for this HTTP method; the `Allow` header lists those it has."
    mend = "Use a method that the `Allow` header names."


class InternalError(Problem):
    status = 500
    code = "internal_error"
    title = "Something went wrong on our side"
    why = "An error that Postern did not foresee. Nothing of the request was saved."
    mend = "Look for the `request_id` in the service's log: the same id stands beside the cause."


class Overloaded(Problem):
    status = 503
    code = "overloaded"
    title = "Too many sign-ins at this moment"
    why = (
        "Checking a password is slow on purpose, and more were asked for than this server can do "
        "at once. The excess is refused early, so that everything else stays fast."
    )
    mend = "Try again after the seconds in the `Retry-After` header."
    retry_after = 1


class DatabaseUnavailable(Problem):
    status = 503
    code = "database_unavailable"
    title = "The database does not answer"
    why = (
        "The service runs, but its database is down, restarting, full or out of reach. Nothing of "
        "the request was saved. The service recovers by itself once the database answers."
    )
    mend = (
        "Try again in a moment. Operators: `make doctor` says at which step the connection fails."
    )
    retry_after = 2


class SchemaMismatch(Problem):
    status = 503
    code = "schema_mismatch"
    title = "The database lacks something that this version needs"
    why = (
        "A table or a column that the service relies on is not in the database it is connected to, "
        "or contradicts it: a migration is missing, the database was changed or restored by hand, "
        "or it is another database than you think."
    )
    mend = (
        "Operators: the log names the database, the setting it came from and the missing piece; "
        "`make doctor` shows the same, `make migrate` applies what is missing."
    )
    retry_after = 5
