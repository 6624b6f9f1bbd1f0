"""`uvicorn src.main:app` works, and is uvicorn as it comes: for development, or behind a proxy."""

from collections.abc import Iterator

import httpx
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from src.main import create_app
from tests.support.raw_http import exchange, request
from tests.support.server import Running, running
from tests.web.test_protocol import BODY, CHUNKED, IN_ONE_CHUNK, JSON, LENGTH, SIGNIN


@pytest.fixture(scope="module")
def plain(live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    with running(create_app(), plain=True) as server:
        yield server


@pytest.mark.parametrize("protocol", [HttpToolsProtocol, H11Protocol])
def test_nothing_of_uvicorns_is_replaced(protocol: type) -> None:
    """Not even with `src.main` and the classes of `postern serve` imported."""
    methods = [method for method in vars(protocol).values() if callable(method)]
    assert len(methods) > 10
    assert {method.__module__ for method in methods} == {protocol.__module__}


def test_it_serves_with_the_limits_that_the_app_itself_has(plain: Running) -> None:
    headers = [f"X-{number}: a" for number in range(101)]
    many = exchange(plain.port, request("GET /livez HTTP/1.1", *headers), answers=None).only
    understood = exchange(plain.port, request(SIGNIN, JSON, LENGTH, body=BODY)).only
    assert (many.status, understood.status) == (431, 401)


def test_what_is_no_http_gets_uvicorns_own_answer(plain: Running) -> None:
    answer = exchange(plain.port, b"no HTTP\r\n\r\n", answers=None).only
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


def test_trailers_count_as_headers(plain: Running) -> None:
    """Why docs/limits-of-requests.md lets a proxy in front drop them."""
    body = IN_ONE_CHUNK[:-2] + b"X-Request-ID: from-a-trailer-01\r\n\r\n"
    answer = exchange(plain.port, request(SIGNIN, JSON, CHUNKED, body=body)).only
    assert answer.headers["x-request-id"] == "from-a-trailer-01"
