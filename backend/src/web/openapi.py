"""The OpenAPI document: FastAPI's, with what importers, linters and generators need besides. Pure.

Each refusal is a schema of its own, so that generators make one class for it. An endpoint names
those that it may give.
"""

from collections.abc import Iterator
from typing import Any

from src.kit.problem import Problem
from src.web.errors import InternalError
from src.web.responses import (
    MEDIA_TYPE,
    problem_document,
    refused_field_document,
    responses,
    schema_of,
)

Document = dict[str, Any]

TAGS = {
    "Accounts": "Sign up, sign in, and change or replace a password.",
    "Profile": "What the account shows about its person.",
    "E-mail": "Prove an address, and change it.",
    "Second factors": "Add and remove authenticator apps, and make recovery codes.",
    "Passkeys": "Sign up and sign in with passkeys; add, rename and remove them.",
    "Sessions": "Renew tokens, and end sessions.",
    "Verification": "What other services need to verify access tokens.",
    "Problems": "The pages that explain refusals.",
    "Health": "For load balancers and monitoring.",
}
HEADERS: Document = {
    "Retry-After": {
        "description": "Seconds to wait before another attempt.",
        "schema": {"type": "integer"},
    },
    "RateLimit": {
        "description": "The limit that refused: what remains, and when there is more.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Its quota and its window.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "What is wrong with the access token (RFC 6750).",
        "schema": {"type": "string"},
    },
    "Postern-Device": {
        "description": "Send it with the next sign-in on this device.",
        "schema": {"type": "string"},
    },
}
OF_STATUS = {"429": ("Retry-After", "RateLimit", "RateLimit-Policy"), "503": ("Retry-After",)}
METHODS = frozenset({"get", "post", "patch", "put", "delete"})
INVALID = {
    "description": "The request is not as HTTP or this API asks for",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def completed(document: Document, *, api_url: str) -> Document:
    """The document with its server, tags, refusals, headers and examples."""
    components = document["components"]
    schemas: Document = components["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for schema in schemas.values():
        _without_secrets_format(schema)
    schemas["Problem"] = problem_document()
    schemas |= refused_field_document()
    components["headers"] = HEADERS
    document["servers"] = [{"url": api_url}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for operation in operations(document):
        _complete(operation, schemas)
    named = set(_references(document["paths"]))
    for problem in Problem.registry.values():
        if problem.__name__ in named:
            schemas[problem.__name__] = schema_of(problem)
    return document


def operations(document: Document) -> Iterator[Document]:
    for path in document["paths"].values():
        yield from (operation for method, operation in path.items() if method in METHODS)


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    """The names of the schemas that it refers to."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _complete(operation: Document, schemas: Document) -> None:
    answers: Document = operation["responses"]
    if "application/json" in answers.get("422", {}).get("content", {}):
        del answers["422"]  # FastAPI's own
    answers |= {str(status): entry for status, entry in responses(InternalError).items()}
    if not any(status.startswith("4") for status in answers):
        answers["4XX"] = INVALID
    security = operation.setdefault("security", [])
    for status, answer in answers.items():
        names = list(OF_STATUS.get(status, ()))
        if status == "401" and security:
            names.append("WWW-Authenticate")
        if status.startswith("2") and _asks_for_device(operation):
            names.append("Postern-Device")
        if names:
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and (example := example_of(body["schema"], schemas)) is not None:
        body["example"] = example


def _asks_for_device(operation: Document) -> bool:
    return any(one["name"] == "Postern-Device" for one in operation.get("parameters", ()))


def example_of(schema: Document, schemas: Document) -> Any:  # noqa: ANN401  any JSON
    """An example made of those of its fields; None if it has none."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    for choice in schema.get("anyOf", ()):
        if (found := example_of(choice, schemas)) is not None:
            return found
    fields = {name: example_of(one, schemas) for name, one in schema.get("properties", {}).items()}
    return {name: value for name, value in fields.items() if value is not None} or None


def _without_secrets_format(schema: Any) -> None:  # noqa: ANN401  any JSON
    """Remove `format: password` and `writeOnly`.

    Some generators send asterisks in place of such a field, others leave it out.
    """
    if isinstance(schema, dict):
        if schema.get("format") == "password":
            del schema["format"]
        if schema.get("writeOnly") is True:
            del schema["writeOnly"]
        for inner in schema.values():
            _without_secrets_format(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _without_secrets_format(inner)
