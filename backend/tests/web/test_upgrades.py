"""Nothing here speaks WebSocket, or anything but HTTP/1.1, whatever a client asks for."""

import pytest

from src.web.limits import MAX_HEADERS
from tests.support.raw_http import exchange, request
from tests.support.server import Running
from tests.support.waiting import said_until
from tests.web.test_protocol import (
    BODY,
    CHUNKED,
    IN_ONE_CHUNK,
    JSON,
    LENGTH,
    SIGNIN,
    assert_at_rest,
    assert_refused,
)


class TestAnUpgrade:
    @pytest.mark.parametrize("protocol", ["websocket", "h2c", "foo"])
    def test_is_ignored_and_ends_the_connection(self, server: Running, protocol: str) -> None:
        upgrade = (
            f"Upgrade: {protocol}",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        exchanged = exchange(server.port, request("GET /livez HTTP/1.1", *upgrade), answers=None)
        assert exchanged.only.status == 200
        assert "x-request-id" in exchanged.only.headers
        assert exchanged.closed

    @pytest.mark.parametrize("protocol", ["websocket", "h2c"])
    @pytest.mark.parametrize(("length", "body"), [(LENGTH, BODY), (CHUNKED, IN_ONE_CHUNK)])
    def test_is_refused_with_a_body(
        self, server: Running, protocol: str, length: str, body: bytes
    ) -> None:
        upgrade = ("Connection: Upgrade", f"Upgrade: {protocol}", JSON, length)
        exchanged = exchange(server.port, request(SIGNIN, *upgrade, body=body), answers=None)
        assert_refused(exchanged, 400, "malformed_request")
        assert_at_rest(server)

    def test_is_bounded_as_all_else(self, server: Running) -> None:
        upgrade = ("Connection: Upgrade", "Upgrade: websocket")
        many = request("GET /livez HTTP/1.1", *upgrade, *["X-Filler: x"] * (MAX_HEADERS + 1))
        assert_refused(exchange(server.port, many, answers=None), 431, "headers_too_large")

    def test_writes_no_advice_about_websockets_into_the_log(
        self, server: Running, capfd: pytest.CaptureFixture[str]
    ) -> None:
        upgrade = ("Connection: Upgrade", "Upgrade: websocket")
        line = "GET /auth/config HTTP/1.1"
        exchange(server.port, request(line, *upgrade), answers=None)
        assert "WebSocket" not in said_until(capfd, "'/auth/config'")

    def test_after_a_request_leaves_its_answer(
        self, server: Running, caplog: pytest.LogCaptureFixture
    ) -> None:
        both = request(SIGNIN, JSON, LENGTH, body=BODY) + request(
            SIGNIN, "Connection: Upgrade", "Upgrade: websocket"
        )
        exchanged = exchange(server.port, both, answers=None)
        assert [answer.status for answer in exchanged.answers] == [401, 415]
        assert "Traceback" not in caplog.text
