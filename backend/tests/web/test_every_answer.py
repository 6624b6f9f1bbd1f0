"""What every answer carries: a route's, the router's, a middleware's or the protocol's own."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from src.main import create_app
from src.settings import get_loaded
from tests.support.raw_http import exchange, request
from tests.support.server import Running, running

ORIGIN = "https://app.example.com"
REQUESTS = {
    "a page": (request("GET /problems/not_found HTTP/1.1"), 200),
    "json": (request("GET /auth/config HTTP/1.1"), 200),
    "of no path": (request("GET /nowhere HTTP/1.1"), 404),
    "of no method": (request("PUT /auth/config HTTP/1.1"), 405),
    "TRACE": (request("TRACE /auth/config HTTP/1.1"), 405),
    "without a token": (request("GET /auth/profile HTTP/1.1"), 401),
    "a preflight": (
        request(
            "OPTIONS /auth/config HTTP/1.1",
            f"Origin: {ORIGIN}",
            "Access-Control-Request-Method: GET",
        ),
        200,
    ),
    "a preflight from elsewhere": (
        request(
            "OPTIONS /auth/config HTTP/1.1",
            "Origin: https://evil.example",
            "Access-Control-Request-Method: GET",
        ),
        400,
    ),
    "an error of ours": (request("GET /broken HTTP/1.1"), 500),
    "a redirect": (request("GET /moved HTTP/1.1"), 308),
    "a header that is none": (request("GET / HTTP/1.1", "no header"), 400),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
    "two hosts": (request("GET / HTTP/1.1", "Host: y"), 400),
    "too many headers": (request("GET / HTTP/1.1", *["X: a"] * 200), 431),
    "a head that is too long": (request("GET / HTTP/1.1", "X: " + "a" * 300_000), 431),
}


async def broken(_: Request) -> Response:
    raise RuntimeError


async def moved(_: Request) -> Response:
    return RedirectResponse("/auth/config", status_code=308)


@pytest.fixture(scope="module")
def on_https(live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("API_URL", "https://api.example.com")
        patch.setenv("CORS_ORIGINS", ORIGIN)
        get_loaded.cache_clear()
        app = create_app()
        app.add_route("/broken", broken)
        app.add_route("/moved", moved)
        with running(app) as server:
            yield server
    get_loaded.cache_clear()


@pytest.mark.parametrize("name", REQUESTS)
def test_an_answer_on_https_keeps_the_browser_there_and_forbids_guessing_types(
    on_https: Running, name: str
) -> None:
    sent, status = REQUESTS[name]
    exchanged = exchange(on_https.port, sent)
    assert exchanged.only.status == status
    head = exchanged.received.partition(b"\r\n\r\n")[0].lower()
    assert head.count(b"strict-transport-security: max-age=63072000") == 1
    assert head.count(b"x-content-type-options: nosniff") == 1


def test_an_answer_on_http_does_not_speak_of_https(client: httpx.Client) -> None:
    headers = client.get("/auth/config").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers
