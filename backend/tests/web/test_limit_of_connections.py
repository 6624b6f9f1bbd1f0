"""`postern serve --limit-concurrency`: the connections of a process have a limit."""

import json
import socket
from collections.abc import Iterator

import httpx
import psycopg2
import pytest

from src.main import create_app
from src.web.responses import MEDIA_TYPE
from src.web.server import Options
from tests.support.raw_http import ask, exchange, request
from tests.support.server import Running, running
from tests.support.waiting import eventually
from tests.web.test_metrics import value
from tests.web.test_protocol import BODY, JSON, LENGTH, SIGNUP, accounts

LIMIT = 2


@pytest.fixture
def small(client: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    """A server that holds two connections."""
    options = Options(limit_concurrency=LIMIT, timeout_keep_alive=600)
    with running(create_app(), options=options) as server:
        yield server


def test_as_many_connections_as_allowed_are_served(small: Running) -> None:
    with socket.create_connection(("127.0.0.1", small.port)) as held:
        assert ask(held, request()).status == 200
        assert exchange(small.port, request()).only.status == 200


def test_a_request_beyond_the_limit_is_refused_until_there_is_room(
    small: Running, client: httpx.Client, direct: psycopg2.extensions.connection
) -> None:
    signup = request(SIGNUP, JSON, LENGTH, body=BODY)
    refused = {"route": "none", "method": "POST", "status": "503"}
    before = value(client, "postern_http_requests_total", **refused)
    held = [socket.create_connection(("127.0.0.1", small.port)) for _ in range(LIMIT)]
    for connection in held:
        assert ask(connection, request()).status == 200
    exchanged = exchange(small.port, signup, answers=None)
    answer = exchanged.only

    assert (answer.status, json.loads(answer.body)["code"]) == (503, "too_many_connections")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["retry-after"] == "1"
    assert exchanged.closed
    assert accounts(direct) == 0
    eventually(lambda: value(client, "postern_http_requests_total", **refused) == before + 1)

    for connection in held:
        connection.close()
    eventually(lambda: small.is_at_rest)
    assert exchange(small.port, signup).only.status == 201
