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
    mend = "Correct the fields that `errors` names and send the request again."


class MalformedJson(Problem):
    status = 400
    code = "malformed_json"
    title = "The body is not valid JSON"
    why = (
        "Bodies are strict JSON (RFC 8259) in UTF-8. `NaN`, `Infinity`, duplicate names, a byte "
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


class TooManyConnections(Problem):
    status = 503
    code = "too_many_connections"
    title = "The service has as many connections as it may have"
    why = (
        "Whoever runs this service has limited the connections of each of its processes, and this "
        "one has reached that limit. The request was not looked at."
    )
    mend = (
        "Try again after the seconds in the `Retry-After` header. If you run the service: it is "
        "`--limit-concurrency` of `postern serve`, or something holds connections open."
    )
    retry_after = 1


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
    why = "An error that this service did not foresee. Nothing of the request was saved."
    mend = "Look for the `request_id` in the service's log: the same id stands beside the cause."


BODY_PROBLEMS = (
    MalformedJson,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
"""Of every route that takes a body."""
