"""What a first line and a `Host` may be: no method, path or host is more than it says."""

import json

import pytest

from tests.support.raw_http import exchange, request
from tests.support.server import Running
from tests.support.waiting import said_until
from tests.web.test_protocol import BODY, JSON, LENGTH, SIGNIN, assert_refused


class TestTargets:
    @pytest.mark.parametrize("length", [10_000, 60_000])
    def test_a_long_path_is_nowhere(self, server: Running, length: int) -> None:
        line = f"GET /{'a' * length} HTTP/1.1"
        assert_refused(exchange(server.port, request(line)), 404, "not_found")

    @pytest.mark.parametrize("begin", ["/", "/livez?", "/auth/sessions/", "/problems/"])
    @pytest.mark.parametrize(
        ("length", "status", "code"),
        [(100_000, 400, "malformed_request"), (1_000_000, 431, "headers_too_large")],
    )
    def test_a_longer_path_or_query_is_refused(
        self, server: Running, begin: str, length: int, status: int, code: str
    ) -> None:
        long = request(f"GET {begin}{'1' * length} HTTP/1.1")
        assert_refused(exchange(server.port, long, answers=None), status, code)

    @pytest.mark.parametrize(
        "target",
        ["*", "livez", "\\livez", "//evil.example/livez", "http://evil.example/livez", "/livez#x"],
    )
    def test_a_target_of_another_form(self, server: Running, target: str) -> None:
        answer = exchange(server.port, request(f"GET {target} HTTP/1.1")).only
        assert answer.status in {200, 400, 404}
        assert b"evil" not in answer.body

    def test_a_long_path_makes_a_short_line_of_the_log(
        self, server: Running, capfd: pytest.CaptureFixture[str]
    ) -> None:
        exchange(server.port, request(f"GET /{'a' * 50_000} HTTP/1.1"))
        assert all(len(line) < 1000 for line in said_until(capfd, "GET '/aaa").splitlines())


class TestHosts:
    LIES = (
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 666",
        "X-Forwarded-Prefix: /evil",
        "Forwarded: host=evil.example;proto=https",
        "X-Original-URL: /evil",
        "X-Rewrite-URL: /evil",
        "X-Host: evil.example",
    )

    @pytest.mark.parametrize(
        "path",
        [
            "/nowhere",
            "/auth/config",
            "/auth/profile",
            "/problems",
            "/problems/not_found",
            "/readyz",
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
            "/docs",
            "/openapi.json",
        ],
    )
    @pytest.mark.parametrize("accept", ["application/json", "text/html"])
    def test_nothing_is_built_from_it(self, server: Running, path: str, accept: str) -> None:
        line = f"GET {path} HTTP/1.1"
        honest = exchange(server.port, request(line, f"Accept: {accept}")).only
        lying = request(line, f"Accept: {accept}", *self.LIES, host="evil.example")
        answer = exchange(server.port, lying)
        assert answer.only.status == honest.status
        assert b"evil" not in answer.received
        assert b":666" not in answer.received

    @pytest.mark.parametrize("host", ["", "a b", "a/b@c", "[", "x" * 5000, "evil.example:abc"])
    def test_a_host_that_is_none(self, server: Running, host: str) -> None:
        answer = exchange(server.port, request("GET /nowhere HTTP/1.1", host=host)).only
        assert answer.status in {400, 404}
        if answer.status == 404:
            assert json.loads(answer.body)["type"] == "http://api.test/problems/not_found"

    def test_none_where_there_must_be_one(self, server: Running) -> None:
        assert exchange(server.port, request(host=None)).only.status == 400

    def test_none_in_the_older_version(self, server: Running) -> None:
        old = request("GET /livez HTTP/1.0", host=None)
        assert exchange(server.port, old).only.status == 200


class TestMethods:
    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/docs", "/problems", "/auth/profile"])
    def test_head_is_get_without_its_body(self, server: Running, path: str) -> None:
        got = exchange(server.port, request(f"GET {path} HTTP/1.1")).only
        bare = request(f"HEAD {path} HTTP/1.1", "Connection: close")
        exchanged = exchange(server.port, bare, answers=None)
        head, _, body = exchanged.received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % got.status)
        assert b"content-length: %d" % len(got.body) in head.lower()
        assert body == b""

    def test_head_does_nothing_that_get_would_not(self, server: Running) -> None:
        refused = request("HEAD /auth/signout HTTP/1.1", "Connection: close")
        answer = exchange(server.port, refused, answers=None).received
        assert answer.startswith(b"HTTP/1.1 405 ")

    @pytest.mark.parametrize(
        "method", ["TRACE", "CONNECT", "get", "PROPFIND", "PRI", "GET" * 5000, "G\u00e9T", ""]
    )
    def test_other_methods(self, server: Running, method: str) -> None:
        head = request(f"{method} /auth/profile HTTP/1.1", "X-Secret: tulip")
        answer = exchange(server.port, head).answers[0]
        assert answer.status in {400, 405}
        assert b"tulip" not in answer.body

    @pytest.mark.parametrize(
        "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
    )
    def test_a_header_makes_no_other_method(self, server: Running, header: str) -> None:
        head = request("GET /auth/signin HTTP/1.1", f"{header}: POST")
        assert exchange(server.port, head).only.status == 405
        posted = request(SIGNIN, JSON, LENGTH, f"{header}: GET", body=BODY)
        assert exchange(server.port, posted).only.status == 401

    @pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1.10", "X/1.1"])
    def test_other_versions(self, server: Running, version: str) -> None:
        answer = exchange(server.port, request(f"GET /livez {version}")).answers[0]
        assert answer.status in {200, 400}
