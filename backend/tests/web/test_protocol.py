"""What is sent past the rules of HTTP costs a bounded time, is refused, and leaves nothing behind.

The server is the one of `postern serve`.
"""

import gc
import itertools
import json
import socket
import weakref
from collections.abc import Iterator

import httpx
import psycopg2
import pytest
from sqlalchemy import QueuePool
from starlette.requests import Request
from starlette.responses import Response

from src.database.database import engine
from src.main import create_app
from src.sessions.access_tokens import MAX_LENGTH
from src.web.limits import MAX_HEADER_BYTES, MAX_HEADERS
from src.web.request_heads import bounds
from src.web.responses import MEDIA_TYPE
from src.web.strict_json import MAX_BODY
from tests.support.raw_http import Exchange, drip, exchange, hang_up, request
from tests.support.server import Running, running
from tests.support.waiting import eventually

BODY = b'{"email":"ada@example.com","password":"testpass123"}'
SIGNUP, SIGNIN = "POST /auth/signup HTTP/1.1", "POST /auth/signin HTTP/1.1"
JSON = "Content-Type: application/json"
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
IN_ONE_CHUNK = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.fixture(scope="module")
def hasty(live: httpx.Client) -> Iterator[Running]:  # noqa: ARG001
    """It waits for a body for a moment only."""
    app = create_app()
    app.state.body_within = 0.4
    with running(app) as server:
        yield server


@pytest.fixture
def impatient(server: Running) -> Iterator[Running]:
    """It waits for a head for a moment only."""
    usual, bounds.seconds = bounds.seconds, 0.4
    yield server
    bounds.seconds = usual


def accounts(direct: psycopg2.extensions.connection) -> int:
    with direct.cursor() as cursor:
        cursor.execute('SELECT count(*) FROM "user"')
        [(number,)] = cursor.fetchall()
        return int(number)


def assert_refused(exchanged: Exchange, status: int, code: str) -> None:
    answer = exchanged.only
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE


def assert_at_rest(server: Running) -> None:
    """No connection, task or database connection is held, and the next one is answered."""
    eventually(lambda: server.is_at_rest)
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.checkedout() == 0
    assert exchange(server.port, request()).only.status == 200


class TestSlowBodies:
    def test_a_body_that_never_comes(
        self, hasty: Running, direct: psycopg2.extensions.connection
    ) -> None:
        exchanged = exchange(hasty.port, request(SIGNUP, JSON, LENGTH), answers=None)
        assert_refused(exchanged, 408, "request_timeout")
        assert exchanged.closed
        assert accounts(direct) == 0
        assert_at_rest(hasty)

    @pytest.mark.parametrize("framing", [LENGTH, CHUNKED])
    def test_a_body_that_stops_halfway(self, hasty: Running, framing: str) -> None:
        begin = request(SIGNUP, JSON, framing, body=IN_ONE_CHUNK[:20])
        assert_refused(exchange(hasty.port, begin, answers=None), 408, "request_timeout")

    def test_a_body_byte_by_byte(self, hasty: Running) -> None:
        drops = itertools.repeat(b" ", 10_000)
        begin = request(SIGNUP, JSON, "Content-Length: 10000")
        assert_refused(drip(hasty.port, begin, drops, 0.05), 408, "request_timeout")

    def test_a_chunk_whose_extension_never_ends(self, hasty: Running) -> None:
        drops = itertools.repeat(b"a" * 100, 10_000)
        begin = request(SIGNUP, JSON, CHUNKED, body=b"5;")
        refused = drip(hasty.port, begin, drops, 0.05)
        assert refused.only.status in {400, 408}

    def test_a_body_that_nobody_reads_holds_no_connection(self, server: Running) -> None:
        for line in ("GET /livez HTTP/1.1", "GET /nowhere HTTP/1.1"):
            exchanged = exchange(server.port, request(line, "Content-Length: 50"), answers=None)
            assert exchanged.closed
            assert exchanged.only.headers["connection"] == "close"

    def test_a_connection_serves_on_after_a_whole_body(self, server: Running) -> None:
        first = request(SIGNIN, JSON, LENGTH, body=BODY)
        exchanged = exchange(server.port, first, request(), answers=2)
        assert [answer.status for answer in exchanged.answers] == [401, 200]


class TestSlowHeads:
    def test_nothing_at_all(self, impatient: Running) -> None:
        exchanged = exchange(impatient.port, answers=None)
        assert (exchanged.received, exchanged.closed) == (b"", True)

    @pytest.mark.parametrize("begun", [b"G", b"GET /livez HTTP/1.1\r\n", request()[:-2]])
    def test_a_head_that_stops_halfway(self, impatient: Running, begun: bytes) -> None:
        exchanged = exchange(impatient.port, begun, answers=None)
        assert_refused(exchanged, 408, "request_timeout")
        assert exchanged.closed
        assert json.loads(exchanged.only.body)["type"] == "http://api.test/problems/request_timeout"

    def test_a_head_line_by_line(self, impatient: Running) -> None:
        lines = itertools.repeat(b"X: a\r\n", 10_000)
        refused = drip(impatient.port, request()[:-2], lines, 0.05)
        assert_refused(refused, 408, "request_timeout")

    def test_the_second_of_a_connection_too(self, impatient: Running) -> None:
        exchanged = exchange(impatient.port, request(), request()[:-2], answers=None, pause=0.1)
        assert [answer.status for answer in exchanged.answers] == [200, 408]

    def test_a_connection_is_not_ended_in_the_midst_of_its_requests(
        self, impatient: Running
    ) -> None:
        exchanged = exchange(impatient.port, *[request()] * 12, answers=12, pause=0.1)
        assert [answer.status for answer in exchanged.answers] == [200] * 12


class TestLargeBodies:
    def test_what_is_announced_as_too_large_is_not_waited_for(self, server: Running) -> None:
        head = request(SIGNIN, JSON, f"Content-Length: {MAX_BODY + 1}")
        exchanged = exchange(server.port, head, answers=None)
        assert_refused(exchanged, 413, "payload_too_large")
        assert exchanged.closed

    def test_nor_asked_for(self, server: Running) -> None:
        head = request(SIGNIN, JSON, "Content-Length: 1000000", "Expect: 100-continue")
        assert b"100 Continue" not in exchange(server.port, head, answers=None).received

    def test_chunks_are_read_no_further_than_the_limit(self, server: Running) -> None:
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        endless = itertools.chain([request(SIGNIN, JSON, CHUNKED)], itertools.repeat(chunk, 4000))
        exchanged = exchange(server.port, *endless, answers=None)
        assert_refused(exchanged, 413, "payload_too_large")
        assert exchanged.closed
        assert_at_rest(server)


class TestHeaders:
    @pytest.mark.parametrize(
        "headers",
        [
            (f"X-Long: {'a' * MAX_HEADER_BYTES}",),
            (f"X-Long: {'a' * 100_000}",),
            (f"{'X' * 50_000}: a",),
            tuple(f"X-{number}: a" for number in range(MAX_HEADERS)),
            tuple(f"X-{number}: a" for number in range(4000)),
            (f"Cookie: {'a=b; ' * 8000}",),
        ],
        ids=["over 32 KiB", "100 kB", "a long name", "over 100", "4,000", "a cookie of 40 kB"],
    )
    def test_more_than_anybody_needs(self, server: Running, headers: tuple[str, ...]) -> None:
        assert_refused(
            exchange(server.port, request("GET /livez HTTP/1.1", *headers), answers=None),
            431,
            "headers_too_large",
        )

    @pytest.mark.parametrize("size", [1_000_000, 5_000_000])
    def test_a_header_of_megabytes(self, server: Running, size: int) -> None:
        huge = request("GET /livez HTTP/1.1", f"X-Long: {'a' * size}")
        assert_refused(exchange(server.port, huge, answers=None), 431, "headers_too_large")
        assert_at_rest(server)

    def test_in_pieces_too(self, server: Running) -> None:
        """How many pieces a head comes in is chance, and changes nothing."""
        whole = request("GET /livez HTTP/1.1", f"X-Long: {'a' * 100_000}")
        pieces = (whole[begin : begin + 20_000] for begin in range(0, len(whole), 20_000))
        exchanged = exchange(server.port, *pieces, answers=None, pause=0.05)
        assert_refused(exchanged, 431, "headers_too_large")

    def test_a_head_that_never_ends_is_read_no_further_than_the_limit(
        self, server: Running
    ) -> None:
        endless = itertools.repeat(b"a" * 100_000, 100_000)
        exchanged = exchange(server.port, request()[:-2] + b"X-Long: ", *endless, answers=None)
        assert_refused(exchanged, 431, "headers_too_large")
        assert exchanged.closed

    @pytest.mark.usefixtures("live")
    def test_nor_is_one_while_the_request_before_it_is_answered(self) -> None:
        async def hang(request: Request) -> Response:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            return Response()

        app = create_app()
        app.add_route("/hang", hang)
        first = request("GET /hang HTTP/1.1")
        endless = itertools.repeat(b"a" * 100_000, 1000)
        with running(app) as server:
            exchanged = exchange(
                server.port, first, request()[:-2] + b"X-Long: ", *endless, answers=None
            )
            assert (exchanged.closed, exchanged.answers) == (True, ())

    def test_as_many_as_are_allowed(self, server: Running) -> None:
        headers = (f"X-{number}: a" for number in range(MAX_HEADERS - 1))
        assert exchange(server.port, request("GET /livez HTTP/1.1", *headers)).only.status == 200

    @pytest.mark.parametrize("length", [MAX_LENGTH + 1, 50_000, 1_000_000])
    def test_a_long_token_is_no_token(self, server: Running, length: int) -> None:
        bearer = f"Authorization: Bearer {'z' * length}"
        answer = exchange(server.port, request("GET /auth/profile HTTP/1.1", bearer)).only
        assert answer.status == (431 if length == 1_000_000 else 401)
        assert b"zzzz" not in answer.body

    @pytest.mark.parametrize("character", ["\x00", "\r", "\n", "\x0b", "\x7f", "\x1b"])
    def test_a_control_character(self, server: Running, character: str) -> None:
        crooked = request("GET /auth/profile HTTP/1.1", f"Authorization: Bearer a{character}b: c")
        answer = exchange(server.port, crooked).only
        assert answer.status in {400, 401}

    @pytest.mark.parametrize(
        "header",
        ["X : a", ": a", "X", "X\x00: a", " X: a", "\u00e9: a", "X: a\r\n b", "X: a\r\n\tb"],
    )
    def test_a_line_that_is_no_header(self, server: Running, header: str) -> None:
        exchanged = exchange(server.port, request("GET /livez HTTP/1.1", header), answers=None)
        assert_refused(exchanged, 400, "malformed_request")
        assert exchanged.closed

    @pytest.mark.parametrize("line", range(4))
    def test_a_line_that_ends_with_a_bare_line_feed(self, server: Running, line: int) -> None:
        lines = request("GET /livez HTTP/1.1", "X: a").split(b"\r\n")
        sent = b"\r\n".join(lines[: line + 1]) + b"\n" + b"\r\n".join(lines[line + 1 :])
        assert_refused(exchange(server.port, sent, answers=None), 400, "malformed_request")

    @pytest.mark.parametrize("path", ["/livez", "/openapi.json", "/docs", "/.well-known/jwks.json"])
    def test_a_thousand_ranges_are_one_answer(self, server: Running, path: str) -> None:
        ranges = ",".join(f"{number}-{number + 1}" for number in range(0, 2000, 2))
        ranged = request(f"GET {path} HTTP/1.1", f"Range: bytes={ranges}")
        plain = exchange(server.port, request(f"GET {path} HTTP/1.1")).only
        answer = exchange(server.port, ranged).only
        assert (answer.status, len(answer.body)) == (200, len(plain.body))

    def test_of_a_file_too(self, server: Running) -> None:
        page = exchange(server.port, request("GET /docs HTTP/1.1")).only.body.decode()
        script = next(part for part in page.split('"') if part.endswith(".js"))
        ranges = ",".join(f"{number}-{number + 1}" for number in range(0, 2000, 2))
        ranged = request(f"GET {script} HTTP/1.1", f"Range: bytes={ranges}")
        assert exchange(server.port, ranged).only.status < 500

    @pytest.mark.parametrize("name", ["Host", "Authorization", "Content-Type"])
    def test_what_must_stand_once_stands_twice(self, server: Running, name: str) -> None:
        host = None if name == "Host" else "x"
        twice = request("GET /livez HTTP/1.1", f"{name}: a", f"{name}: b", host=host)
        exchanged = exchange(server.port, twice, answers=None)
        assert exchanged.only.status == 400
        assert exchanged.closed


class TestHangingUp:
    WHOLE = request(SIGNUP, JSON, LENGTH, body=BODY)

    @pytest.mark.usefixtures("client")
    def test_in_the_middle_of_a_request(
        self, server: Running, direct: psycopg2.extensions.connection
    ) -> None:
        for end in range(1, len(self.WHOLE), 7):
            hang_up(server.port, self.WHOLE[:end])
        assert_at_rest(server)
        assert accounts(direct) == 0
        assert exchange(server.port, self.WHOLE).only.status == 201

    @pytest.mark.usefixtures("client")
    def test_before_the_answer(
        self, server: Running, direct: psycopg2.extensions.connection
    ) -> None:
        """The request was whole, so it is done; who asks again learns that it was."""
        for _ in range(20):
            hang_up(server.port, self.WHOLE)
            hang_up(server.port, request("GET /openapi.json HTTP/1.1") * 20)
        assert_at_rest(server)
        assert accounts(direct) == 1
        assert exchange(server.port, self.WHOLE).only.status == 409

    def test_a_connection_that_is_over_is_out_of_memory_at_once(self, server: Running) -> None:
        gc.disable()
        try:
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(request()[:-2])
                connections = server.uvicorn.server_state.connections
                eventually(lambda: len(connections) == 1)
                seen = weakref.ref(next(iter(connections)))
            eventually(lambda: seen() is None)
        finally:
            gc.enable()

    def test_many_idle_connections_keep_nobody_out(self, hasty: Running) -> None:
        begun = request(SIGNIN, JSON, LENGTH, body=BODY[:10])
        held = [socket.create_connection(("127.0.0.1", hasty.port)) for _ in range(200)]
        try:
            for number, connection in enumerate(held):
                connection.sendall(begun if number % 2 else begun[:30])
            assert exchange(hasty.port, request()).only.status == 200
        finally:
            for connection in held:
                connection.close()
        assert_at_rest(hasty)
