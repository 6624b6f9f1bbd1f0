"""Refusals of a request before any part of the service looks at what it asks for."""

from src.kit.problem import Problem


class ValidationFailed(Problem):
    status = 422
    code = "validation_failed"
    title = "Some fields were not accepted"
    why = (
        "The request was read, but at least one field is missing, unknown, of the wrong type or "
        "outside its rules. `errors` names each field with a code and a sentence."
    )
    fix = "Correct the fields that `errors` names and send the request again."


class MalformedJson(Problem):
    status = 400
    code = "malformed_json"
    title = "The body is not valid JSON"
    why = (
        "Bodies are strict JSON (RFC 8259) in UTF-8. `NaN`, `Infinity`, duplicate names, a byte "
        "order mark, lone surrogates and over-deep nesting are refused, because two programs could "
        "read them in two ways."
    )
    fix = "Send one JSON object in UTF-8, as every JSON library writes it by default."


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    title = "The body must be sent as application/json"
    why = "The Content-Type header is missing or names something other than JSON."
    fix = "Send the header `Content-Type: application/json`."


class PayloadTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    title = "The body is larger than 64 KiB"
    why = "No request of this API needs more than 64 KiB, so larger bodies are not read to the end."
    fix = "Send a smaller body; most likely something was put into the wrong field."


class RequestTimeout(Problem):
    status = 408
    code = "request_timeout"
    title = "The request did not arrive in time"
    why = (
        "The headers have twenty seconds to arrive in full, and then the body has ten, because a "
        "slow request holds a connection that others need. Nothing of the request was saved."
    )
    fix = "Send the whole request again, without pauses. If there were none, check the network."


class HeadersTooLarge(Problem):
    status = 431
    code = "headers_too_large"
    title = "The headers are more than 100, or larger than 32 KiB"
    why = (
        "No request of this API needs more than 100 headers or 32 KiB of them, so a larger one is "
        "not read. The usual reason is cookies of other services on the same host."
    )
    fix = "Send fewer and shorter headers. This API reads no cookies, so leave them out."


class MalformedRequest(Problem):
    status = 400
    code = "malformed_request"
    title = "The request is not HTTP/1.1, or can be read in two ways"
    why = (
        "It does not follow RFC 9112: one of its lines is not a header, or a chunk has no length. "
        "Or its first line is longer than 64 KiB. Or it gives its host, its token, its content "
        "type or its length twice, or leaves out one that is required (sections 3.2 and 6.1): "
        "a proxy and this service could read it differently. Or it has a body and asks "
        "for another protocol, so that the bytes after its headers could belong to either."
    )
    fix = (
        "Send one `Host`, at most one `Authorization` and `Content-Type`, one kind of length, and "
        "no `Upgrade` with a body: use `curl --http1.1`, or `version(HTTP_1_1)` in Java's "
        "HttpClient."
    )


class TooManyConnections(Problem):
    status = 503
    code = "too_many_connections"
    title = "The service has as many connections as it may have"
    why = (
        "The operator of this service has limited the connections of each process, and this "
        "process has reached the limit. The request was not read."
    )
    fix = (
        "Try again after the seconds in the `Retry-After` header. Operators: raise "
        "`--limit-concurrency` of `postern serve`, or find out what holds connections open."
    )
    retry_after = 1


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = "There is nothing at this address"
    why = "The path does not exist, or what it named is gone, or you may not see it."
    fix = "Check the path. In development /docs lists every address."


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title = "This address does not answer to that method"
    why = "The path exists, but not for this HTTP method; the `Allow` header lists those it has."
    fix = "Use a method that the `Allow` header names."


class OriginNotAllowed(Problem):
    status = 400
    code = "origin_not_allowed"
    title = "Browser code of this origin may not call the API like this"
    why = (
        "A browser asked for a web app of another origin whether it may send a request. The "
        "operator has not allowed that origin, or the API does not use the method or a header."
    )
    fix = (
        "Operators: add the origin of the web app to `CORS_ORIGINS`, such as "
        "`https://app.example.com`, and restart. The web app of this service needs no entry."
    )


class InternalError(Problem):
    status = 500
    code = "internal_error"
    title = "Something went wrong on our side"
    why = "An error that this service did not foresee. Nothing of the request was saved."
    fix = "Search the service's log for the `request_id`: the cause is logged with the same id."


BODY_PROBLEMS = (
    MalformedJson,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
"""The refusals of every route with a body."""


class Overloaded(Problem):
    status = 503
    code = "overloaded"
    title = "Too much to do at this moment"
    why = (
        "More was asked for than this server can do at once. Checking a password is slow on "
        "purpose, for example. Requests beyond that are refused early and before any work, so that "
        "everything else stays fast. Nothing of the request was saved."
    )
    fix = "Try again after the seconds in the `Retry-After` header."
    retry_after = 1
