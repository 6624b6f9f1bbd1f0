"""Where a body ends is read in one way only, or the request is refused."""

from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from src.main import create_app
from src.web.responses import MEDIA_TYPE
from tests.support.raw_http import exchange, request
from tests.support.server import Running, running
from tests.web.test_protocol import (
    BODY,
    CHUNKED,
    IN_ONE_CHUNK,
    JSON,
    LENGTH,
    SIGNIN,
    assert_at_rest,
)

READ = {401}
"""The body was understood: nobody has signed up."""
BAD = {400}

FRAMINGS: dict[str, tuple[tuple[str, ...], bytes, set[int]]] = {
    "in one chunk": ((CHUNKED,), IN_ONE_CHUNK, READ),
    "no number": ((CHUNKED,), b"zz\r\n" + BODY + b"\r\n0\r\n\r\n", BAD),
    "a negative number": ((CHUNKED,), b"-5\r\n" + BODY + b"\r\n0\r\n\r\n", BAD),
    "a number with 0x": ((CHUNKED,), b"0x" + IN_ONE_CHUNK, BAD),
    "a number with a space": ((CHUNKED,), b" " + IN_ONE_CHUNK, BAD),
    "megabytes of extension": (
        (CHUNKED,),
        IN_ONE_CHUNK.replace(b"\r\n", b";" + b"a" * 2_000_000 + b"\r\n", 1),
        READ | BAD,
    ),
    "another coding": (("Transfer-Encoding: xchunked",), IN_ONE_CHUNK, BAD),
    "chunked is not the last": (("Transfer-Encoding: chunked, identity",), IN_ONE_CHUNK, BAD),
    "two codings": ((CHUNKED, "Transfer-Encoding: identity"), IN_ONE_CHUNK, BAD),
    "compressed, then in chunks": (("Transfer-Encoding: gzip, chunked",), IN_ONE_CHUNK, BAD),
    "compressed, on another line": (("Transfer-Encoding: gzip", CHUNKED), IN_ONE_CHUNK, BAD),
    "in chunks twice": (("Transfer-Encoding: chunked, chunked",), IN_ONE_CHUNK, BAD),
    "in chunks, written otherwise": (("Transfer-Encoding: Chunked",), IN_ONE_CHUNK, READ),
    "in a folded line": (("Transfer-Encoding:\r\n chunked",), IN_ONE_CHUNK, BAD),
    "chunks are asked for": (("TE: gzip, chunked", LENGTH), BODY, BAD),
    "trailers are asked for": (("TE: trailers", LENGTH), BODY, READ),
    "a chunk ends with a line feed": ((CHUNKED,), IN_ONE_CHUNK.replace(b"\r\n", b"\n", 1), BAD),
    "the last chunk ends with line feeds": ((CHUNKED,), IN_ONE_CHUNK[:-4] + b"\n\n", BAD),
    "a coding after a tab": (("Transfer-Encoding:\x0bchunked",), IN_ONE_CHUNK, BAD),
    "both lengths": ((CHUNKED, "Content-Length: 5"), IN_ONE_CHUNK, BAD),
    "both lengths, the other way": (("Content-Length: 5", CHUNKED), IN_ONE_CHUNK, BAD),
    "a negative length": (("Content-Length: -1",), BODY, BAD),
    "a length with a sign": ((f"Content-Length: +{len(BODY)}",), BODY, BAD),
    "a hexadecimal length": (("Content-Length: 0x34",), BODY, BAD),
    "a length of 30 digits": ((f"Content-Length: {'9' * 30}",), BODY, BAD),
    "a length of 18 digits": ((f"Content-Length: {'9' * 18}",), BODY, {413}),
    "two lengths": ((LENGTH, "Content-Length: 4"), BODY, BAD),
    "the same length twice": ((LENGTH, LENGTH), BODY, BAD),
    "a list of the same length": ((f"Content-Length: {len(BODY)}, {len(BODY)}",), BODY, BAD),
    "a list of two lengths": ((f"Content-Length: {len(BODY)}, 4",), BODY, BAD),
    "no length": ((), b"", BAD),
}


class TestFraming:
    @pytest.mark.parametrize("name", FRAMINGS)
    def test_lengths_and_chunks(self, server: Running, name: str) -> None:
        headers, body, statuses = FRAMINGS[name]
        exchanged = exchange(server.port, request(SIGNIN, JSON, *headers, body=body))
        assert exchanged.only.status in statuses
        assert exchanged.only.headers["content-type"] == MEDIA_TYPE

    def test_http_1_0_has_no_chunks(self, server: Running) -> None:
        line = SIGNIN.replace("1.1", "1.0")
        exchanged = exchange(server.port, request(line, JSON, CHUNKED, body=IN_ONE_CHUNK))
        assert exchanged.only.status == 400

    SMUGGLED = request("GET /.well-known/openid-configuration HTTP/1.1")

    @pytest.mark.parametrize(
        "headers",
        [
            ("Content-Length: 5", CHUNKED),
            (CHUNKED, "Content-Length: 5"),
            (CHUNKED, "Transfer-Encoding: x"),
            ("Content-Length: 5", "Content-Length: 200"),
            ("Transfer-Encoding : chunked",),
        ],
    )
    def test_nothing_is_smuggled_in(self, server: Running, headers: tuple[str, ...]) -> None:
        """Two programs that frame a request in two ways see another second request, or none."""
        body = b"0\r\n\r\n" + self.SMUGGLED
        exchanged = exchange(server.port, request(SIGNIN, JSON, *headers, body=body), answers=None)
        assert exchanged.only.status == 400
        assert exchanged.closed

    def test_what_follows_a_body_is_no_header(self, server: Running) -> None:
        body = IN_ONE_CHUNK[:-2] + b"X-Request-ID: from-a-trailer-01\r\nHost: y\r\n\r\n"
        answer = exchange(server.port, request(SIGNIN, JSON, CHUNKED, body=body)).only
        assert answer.status == 401
        assert answer.headers["x-request-id"] != "from-a-trailer-01"

    def test_a_body_that_nobody_read_is_no_request(self, server: Running) -> None:
        headers = ("Content-Length: 100000",)
        body = self.SMUGGLED + b" " * 1000
        exchanged = exchange(server.port, request(SIGNIN, JSON, *headers, body=body), answers=None)
        assert exchanged.only.status == 413

    @pytest.mark.usefixtures("live")
    def test_an_answer_that_has_begun_is_broken_off_by_no_other(self) -> None:
        async def begin(request: Request) -> Response:
            async def body() -> AsyncIterator[bytes]:
                yield b"begun"
                yield await request.body()

            return StreamingResponse(body())

        app = create_app()
        app.add_route("/begin", begin, methods=["POST"])
        whole = request("POST /begin HTTP/1.1", CHUNKED, body=b"5\r\nhello\r\n")
        with running(app) as server:
            exchanged = exchange(server.port, whole, b"zz\r\n", answers=None, pause=0.1)
            assert exchanged.received.endswith(b"\r\n\r\n5\r\nbegun\r\n")
            assert exchanged.closed
            assert_at_rest(server)

    def test_pipelined_requests_are_answered_in_order(self, server: Running) -> None:
        lines = ["GET /livez HTTP/1.1", "GET /nowhere HTTP/1.1", "GET /auth/profile HTTP/1.1"] * 50
        exchanged = exchange(server.port, b"".join(map(request, lines)), answers=150)
        assert [answer.status for answer in exchanged.answers] == [200, 404, 401] * 50
