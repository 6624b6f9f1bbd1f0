"""Every place of the API that a client can fill, found in the OpenAPI document.

New fields, parameters and endpoints are included automatically.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
PASSIVE_HEADERS = (
    "X-Request-ID",
    "User-Agent",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "If-None-Match",
    "If-Modified-Since",
    "If-Match",
    "Range",
    "Cookie",
    "Origin",
    "Referer",
    "Traceparent",
)
"""Headers that the service may read; a value in one does not prevent reading another."""
BUNDLE = "(all that nothing depends on)"
BUNDLED_UP_TO = 1000
"""Characters of a value that is sent in all of them at once; the service refuses long headers."""
BEARER = "Authorization: Bearer"
UNKNOWN_FIELD = "a_field_that_there_is_not"
SURROGATES = "surrogatepass"

Kind = Literal["field", "body", "path", "query", "header"]
Json = Any


SECRETS = frozenset(
    {"password", "current_password", "new_password", "refresh_token", "token", "code", "attempt"}
)
"""Fields whose values no answer may repeat."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    example: Json = None
    """A body with a value in every field; None if the operation takes no body."""
    headers: tuple[str, ...] = ()
    secured: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def passive_headers(self) -> tuple[str, ...]:
        return PASSIVE_HEADERS + self.headers


@dataclass(frozen=True)
class Place:
    operation: Operation
    kind: Kind
    name: str
    secret: bool = False

    def __str__(self) -> str:
        return f"{self.operation} {self.kind} {self.name}".strip()

    def request(self, value: Json, known: dict[str, Json], bearer: str | None) -> bytes:
        """The bytes of a request with `value` in this place and usual values in all others.

        `known` wins over the examples of a body. Anything may go into a field, text elsewhere.
        """
        headers = {"Host": b"api.test"}
        if bearer is not None and self.operation.secured:
            headers["Authorization"] = f"Bearer {bearer}".encode()
        body = b""
        if self.operation.example is not None:
            body = self._body(value, known)
            headers["Content-Type"] = b"application/json"
            headers["Content-Length"] = str(len(body)).encode()
        if self.kind == "header":
            headers |= self._chosen_headers(_header_value(value))
        lines = b"".join(b"%b: %b\r\n" % (name.encode(), text) for name, text in headers.items())
        head = f"{self.operation.method} {self._target(value)} HTTP/1.1\r\n"
        return head.encode() + lines + b"\r\n" + body

    def _chosen_headers(self, text: bytes) -> dict[str, bytes]:
        if self.name == BUNDLE:
            return dict.fromkeys(self.operation.passive_headers, text)
        if self.name == BEARER:
            return {"Authorization": b"Bearer " + text}
        return {self.name: text}

    def _target(self, value: Json) -> str:
        target = self.operation.path
        while "{" in target:
            begin, _, rest = target.partition("{")
            name, _, end = rest.partition("}")
            mine = self.kind == "path" and self.name == name
            target = begin + (_escaped(value) if mine else "1") + end
        if self.name == BUNDLE:
            target += f"?{_escaped(value)}={_escaped(value)}"
        if self.kind == "query":
            target += f"?{self.name}={_escaped(value)}"
        return target

    def _body(self, value: Json, known: dict[str, Json]) -> bytes:
        if self.kind == "body":
            return value if isinstance(value, bytes) else str(value).encode("utf-8", SURROGATES)
        body = copy.deepcopy(self.operation.example)
        for name in body.keys() & known.keys():
            body[name] = known[name]
        if self.kind == "field":
            *outer, last = self.name.split(".")
            inner = body
            for name in outer:
                inner = inner[name]
            inner[last] = value
        return json.dumps(body).encode()


def places(document: dict[str, Json]) -> list[Place]:
    return [place for operation in _operations(document) for place in _of(operation, document)]


def _operations(document: dict[str, Json]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method in sorted(METHODS & methods.keys()):
            described = methods[method]
            schema = _body_schema(described)
            yield Operation(
                method.upper(),
                path,
                example=None if schema is None else _example(schema, document),
                headers=tuple(_parameters(described, "header")),
                secured=bool(described.get("security")),
            )


def _of(operation: Operation, document: dict[str, Json]) -> Iterator[Place]:
    described = document["paths"][operation.path][operation.method.lower()]
    yield Place(operation, "header", BUNDLE)
    for name in _parameters(described, "path"):
        yield Place(operation, "path", name)
    for name in _parameters(described, "query"):
        yield Place(operation, "query", name)
    if operation.secured:
        yield Place(operation, "header", "Authorization", secret=True)
        yield Place(operation, "header", BEARER, secret=True)
    schema = _body_schema(described)
    if schema is None:
        return
    yield Place(operation, "header", "Content-Type")
    yield Place(operation, "body", "", secret=True)
    yield Place(operation, "field", UNKNOWN_FIELD)
    for name, _ in _fields(schema, document):
        yield Place(operation, "field", name, secret=name in SECRETS)


def _parameters(described: Json, kind: Kind) -> Iterator[str]:
    return (one["name"] for one in described.get("parameters", ()) if one["in"] == kind)


def _body_schema(described: dict[str, Json]) -> Json | None:
    return (
        described.get("requestBody", {})
        .get("content", {})
        .get("application/json", {})
        .get("schema")
    )


def _fields(schema: Json, document: Json, before: str = "") -> Iterator[tuple[str, Json]]:
    for name, field in _resolved(schema, document).get("properties", {}).items():
        yield before + name, _resolved(field, document)
        yield from _fields(field, document, f"{before}{name}.")


def _example(schema: Json, document: Json) -> Json:
    schema = _resolved(schema, document)
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        fields = schema["properties"].items()
        return {name: _example(field, document) for name, field in fields}
    usual = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
    return usual.get(schema.get("type"), "text")


def _resolved(schema: Json, document: Json) -> Json:
    """The schema with its reference resolved; of alternatives, the first that is not null."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = {**document["components"]["schemas"][name], **schema}
        del schema["$ref"]
    if "anyOf" in schema:
        first = next(one for one in schema["anyOf"] if one.get("type") != "null")
        schema = {**_resolved(first, document), **schema}
        del schema["anyOf"]
    return schema


def _escaped(value: Json) -> str:
    return quote(str(value).encode("utf-8", SURROGATES), safe="")


def _header_value(value: Json) -> bytes:
    """The part that a header can contain: no control characters (RFC 9110, section 5.5)."""
    text = "".join(c for c in str(value) if c >= " " and c != "\x7f").strip()
    return text.encode("utf-8", SURROGATES)
