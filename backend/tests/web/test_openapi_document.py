"""The OpenAPI document is one that importers, linters and generators can use."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from src.kit.problem import Problem
from src.main import app
from src.settings import get_settings
from src.web.openapi import TAGS, operations

Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    return app.openapi()


def values(part: Any, key: str) -> Iterator[Any]:
    """All values of this key, anywhere in it."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == key:
                yield inner
            yield from values(inner, key)
    elif isinstance(part, list):
        for inner in part:
            yield from values(inner, key)


def test_operations_have_short_names_of_their_own(document: Document) -> None:
    names = Counter(operation["operationId"] for operation in operations(document))
    assert names.most_common(1)[0][1] == 1
    assert document["paths"]["/auth/signin"]["post"]["operationId"] == "signin"
    assert all("_post" not in name and "_get" not in name for name in names)


def test_it_names_its_server_tags_licence_and_contact(document: Document) -> None:
    assert document["servers"] == [{"url": get_settings().api_url}]
    used = {tag for operation in operations(document) for tag in operation["tags"]}
    assert used == set(TAGS) == {tag["name"] for tag in document["tags"]}
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert document["info"]["contact"]["url"].rstrip("/") == get_settings().web_url


def test_every_operation_says_whether_it_needs_a_token(document: Document) -> None:
    assert document["paths"]["/auth/signin"]["post"]["security"] == []
    assert document["paths"]["/auth/profile"]["get"]["security"] == [{"HTTPBearer": []}]
    assert all("security" in operation for operation in operations(document))


def test_every_operation_is_described(document: Document) -> None:
    assert [one["operationId"] for one in operations(document) if not one.get("description")] == []


def test_no_field_is_write_only_or_shown_as_asterisks(document: Document) -> None:
    """Some generators send asterisks in place of such a field, others leave it out."""
    assert list(values(document, "writeOnly")) == []
    assert "password" not in values(document, "format")


def test_each_refusal_is_a_schema_and_each_endpoint_names_its_own(document: Document) -> None:
    schemas = document["components"]["schemas"]
    signin = document["paths"]["/auth/signin"]["post"]["responses"]
    one = signin["401"]["content"]["application/problem+json"]["schema"]
    assert one == {"$ref": "#/components/schemas/InvalidCredentials"}
    assert schemas["InvalidCredentials"]["properties"]["code"]["const"] == "invalid_credentials"
    several = signin["503"]["content"]["application/problem+json"]["schema"]["anyOf"]
    assert {"$ref": "#/components/schemas/Overloaded"} in several
    assert list(values(document["paths"], "allOf")) == []
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == set(Problem.registry)


def test_refused_fields_are_one_schema_for_all_refusals(document: Document) -> None:
    """An inline schema would be three classes for each refusal in generated clients."""
    named = {"type": "array", "items": {"$ref": "#/components/schemas/RefusedField"}}
    shown = [
        schema["properties"]["errors"]
        for schema in document["components"]["schemas"].values()
        if "request_id" in schema.get("properties", ())
    ]
    assert len(shown) > 20
    assert all(errors == named for errors in shown)


def test_an_operation_that_may_have_a_token_says_that_it_refuses_a_wrong_one(
    document: Document, client: httpx.Client
) -> None:
    optional = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if {} in operation["security"]
    ]
    assert len(optional) >= 3
    for path, operation in optional:
        assert "401" in operation["responses"], path
    refused = client.post(
        "/auth/email/verification", headers={"Authorization": "Bearer not.a.token"}
    )
    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")


def test_headers_that_a_client_needs_are_declared(document: Document) -> None:
    signin = document["paths"]["/auth/signin"]["post"]["responses"]
    assert set(signin["429"]["headers"]) == {"Retry-After", "RateLimit", "RateLimit-Policy"}
    assert set(signin["503"]["headers"]) == {"Retry-After"}
    assert set(signin["200"]["headers"]) == {"Postern-Device"}
    assert "headers" not in signin["401"]
    profile = document["paths"]["/auth/profile"]["get"]["responses"]
    assert set(profile["401"]["headers"]) == {"WWW-Authenticate"}
    assert all("500" in operation["responses"] for operation in operations(document))


def test_fields_that_are_always_sent_are_required(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Tokens", "AuthConfig", "Profile", "SessionEntry", "Ready", "Alive"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


def test_the_shortest_password_is_the_setting(document: Document) -> None:
    sent = document["components"]["schemas"]["SignupRequest"]["properties"]["password"]
    assert sent["minLength"] == get_settings().min_password_length


def test_the_examples_work_one_after_the_other(client: httpx.Client, document: Document) -> None:
    """On a fresh database, as a person tries them in a client that has imported the document."""
    headers: dict[str, str] = {}

    def ask(method: str, path: str) -> httpx.Response:
        operation = document["paths"][path][method]
        content = operation.get("requestBody", {}).get("content", {})
        body = content["application/json"]["example"] if content else None
        return client.request(method.upper(), path, json=body, headers=headers)

    assert ask("post", "/auth/signup").status_code == 201
    tokens = ask("post", "/auth/signin").json()
    headers["Authorization"] = f"Bearer {tokens['access_token']}"
    assert ask("get", "/auth/profile").json()["email"] == "ada@example.com"
    assert ask("patch", "/auth/profile").json()["name"] == "Ada Lovelace"
    assert ask("post", "/auth/reauthenticate").status_code == 204
    assert ask("get", "/auth/sessions").status_code == 200
    assert ask("post", "/auth/email/change").status_code == 202
    assert ask("post", "/auth/password/forgot").status_code == 202
    tokens = ask("post", "/auth/password/change").json()
    headers["Authorization"] = f"Bearer {tokens['access_token']}"
    assert ask("post", "/auth/signout").status_code == 204


def test_every_body_has_an_example(document: Document) -> None:
    bodies = [one["requestBody"] for one in operations(document) if "requestBody" in one]
    assert len(bodies) > 10
    for body in bodies:
        assert json.dumps(body["content"]["application/json"]["example"]) != "{}"
