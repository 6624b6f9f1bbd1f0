"""What a browser lets a web app of another origin send and read."""

from collections.abc import Iterator

import httpx
import pytest

from src.main import create_app
from src.settings import get_loaded
from tests.support.server import serving

ORIGIN, OTHER = "https://app.example.com", "https://elsewhere.example"
OPEN = ("/.well-known/jwks.json", "/.well-known/openid-configuration")
SIMPLE = {"accept", "if-none-match"}
"""Request headers of the document that need no permission, or that the browser sets by itself."""


@pytest.fixture(scope="module")
def app(_migrated: None) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORS_ORIGINS", ORIGIN)
        get_loaded.cache_clear()
        with serving(create_app()) as client:
            yield client
    get_loaded.cache_clear()


def asked_headers() -> set[str]:
    """Every request header that the OpenAPI document names."""
    paths = create_app().openapi()["paths"].values()
    operations = [operation for path in paths for operation in path.values()]
    return {
        parameter["name"].lower()
        for operation in operations
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }


def test_a_preflight_allows_every_documented_header(app: httpx.Client) -> None:
    named = asked_headers()
    assert "postern-receipt" in named
    asks = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    wanted = ", ".join(sorted(named - SIMPLE | {"authorization", "content-type"}))
    answer = app.options("/auth/signin", headers={**asks, "Access-Control-Request-Headers": wanted})
    assert answer.status_code == 200, answer.text


def test_a_web_app_can_read_why_a_token_was_refused(app: httpx.Client) -> None:
    answer = app.get("/auth/profile", headers={"Origin": ORIGIN})
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert answer.status_code == 401
    assert "WWW-Authenticate" in exposed


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("headers", [{}, {"Origin": ORIGIN}, {"Origin": OTHER}])
def test_public_documents_are_for_every_origin(
    app: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    answer = app.get(path, headers=headers)
    assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    assert "Origin" not in answer.headers.get("Vary", "")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_unchanged_key_set_is_for_every_origin_too(app: httpx.Client) -> None:
    tag = app.get(OPEN[0]).headers["ETag"]
    answer = app.get(OPEN[0], headers={"Origin": OTHER, "If-None-Match": tag})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_nothing_else_is_for_every_origin(app: httpx.Client) -> None:
    for path in ("/auth/profile", "/auth/config", "/livez"):
        answer = app.get(path, headers={"Origin": OTHER})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_credentials_are_never_allowed(app: httpx.Client) -> None:
    """docs/settings.md: tokens go in a header, so a request needs no cookies."""
    asks = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    for answer in (
        app.get("/auth/config", headers=asks),
        app.options("/auth/config", headers=asks),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Access-Control-Allow-Credentials" not in answer.headers
