"""The examples verify the tokens of a running Postern: one story for FastAPI and for Next.js."""

import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from src.kit.clock import now
from tests.support import forgeries
from tests.support.forgeries import Forgery
from tests.support.http_client import make_client
from tests.support.ports import free_port
from tests.support.resource_servers import (
    EXAMPLES,
    Postern,
    Start,
    Verifier,
    fastapi,
    nextjs,
    wait_for,
)

KEPT = 301
"""Seconds after which the key set is fetched again."""
INTERVAL = 11
"""Seconds after which an unknown key is looked for again."""
DAY = 24 * 3600
AT_A_TIME = 16
HANGS = 60.0
"""Seconds at most, and only where a test fails."""


@pytest.fixture(scope="module", params=[fastapi, nextjs], ids=["FastAPI", "Next.js"])
def start(request: pytest.FixtureRequest) -> Start:
    chosen: Start = request.param
    return chosen


@pytest.fixture(scope="module")
def running(start: Start, postern: Postern) -> Iterator[Verifier]:
    with start(postern.url) as verifier:
        yield verifier


@pytest.fixture
def verifier(running: Verifier) -> Verifier:
    """Its key set is old, so it fetches it with the first token."""
    running.advance(KEPT)
    return running


def assert_refused(answer: httpx.Response, code: str, challenge: str, postern: Postern) -> None:
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (401, code)
    assert problem["type"] == f"{postern.url}/problems/{code}"
    assert problem["title"]


def statuses(verifier: Verifier, tokens: list[str]) -> set[int]:
    """What it answers to all of them, many at a time."""
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        return {answer.status_code for answer in threads.map(verifier.get, tokens)}


@contextmanager
def away(postern: Postern) -> Iterator[None]:
    """Postern is stopped, at most until it is started within."""
    postern.stop()
    try:
        yield
    finally:
        postern.stop()
        postern.start()


def fetches_from(hanging: socket.socket) -> int:
    """How many have asked it for anything; Node's `fetch` also connects without a request."""
    hanging.setblocking(False)
    fetches = 0
    with suppress(BlockingIOError):  # no more connections
        while True:
            connection, _ = hanging.accept()
            connection.setblocking(False)
            with connection, suppress(BlockingIOError):  # no request
                fetches += bool(connection.recv(1))
    return fetches


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class TestAcceptance:
    def test_a_token_of_signin_tells_who_calls(self, verifier: Verifier, postern: Postern) -> None:
        answer = verifier.get(postern.access_token())
        assert (answer.status_code, answer.json()) == (200, {"user_id": 1, "orders": []})

    def test_a_hundred_requests_are_one_fetch(self, verifier: Verifier, postern: Postern) -> None:
        token, before = postern.access_token(), postern.fetches
        assert statuses(verifier, [token] * 100) == {200}
        assert postern.fetches - before == 1

    def test_the_first_of_all_are_one_fetch_too(self, start: Start, postern: Postern) -> None:
        token, before = postern.access_token(), postern.fetches
        with start(postern.url) as fresh:
            assert statuses(fresh, [token] * 100) == {200}
        assert postern.fetches - before == 1

    def test_clocks_may_differ_by_a_minute(self, verifier: Verifier, postern: Postern) -> None:
        at = int(now().timestamp())
        token = forgeries.signed(postern.signing_key(), postern.url, iat=at - 930, exp=at - 30)
        assert verifier.get(token).status_code == 200


class TestRefusal:
    @pytest.mark.parametrize(
        "forgery", [*forgeries.ALL, forgeries.far_too_long], ids=lambda forgery: forgery.__name__
    )
    def test_of_a_forged_token(
        self, verifier: Verifier, postern: Postern, forgery: Forgery
    ) -> None:
        assert verifier.get(postern.access_token()).status_code == 200
        answer = verifier.get(forgery(postern.signing_key(), postern.url))
        assert_refused(answer, "token_invalid", 'Bearer error="invalid_token"', postern)

    def test_of_an_expired_token(self, verifier: Verifier, postern: Postern) -> None:
        at = int(now().timestamp())
        token = forgeries.signed(postern.signing_key(), postern.url, iat=at - 961, exp=at - 61)
        answer = verifier.get(token)
        assert_refused(answer, "token_expired", 'Bearer error="invalid_token"', postern)

    def test_of_a_refresh_token(self, verifier: Verifier, postern: Postern) -> None:
        answer = verifier.get(postern.sign_in()["refresh_token"])
        assert_refused(answer, "token_invalid", 'Bearer error="invalid_token"', postern)

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Basic YTpi"}])
    def test_of_no_token(
        self, verifier: Verifier, postern: Postern, header: dict[str, str]
    ) -> None:
        answer = verifier.client.get(verifier.path, headers=header)
        assert_refused(answer, "token_missing", "Bearer", postern)


class TestRotation:
    def test_is_not_noticed_by_anyone(self, verifier: Verifier, postern: Postern) -> None:
        """The lead is a second here, so the key set grows old in between by hand."""
        before = postern.access_token()
        assert verifier.get(before).status_code == 200
        new = postern.rotate(lead=timedelta(seconds=1))
        verifier.advance(KEPT)
        seen, refused = {kid_of(before)}, 0
        while new not in seen:
            token = postern.access_token()
            seen.add(kid_of(token))
            refused += verifier.get(token).status_code != 200
        assert (len(seen), refused) == (2, 0)
        assert verifier.get(before).status_code == 200

    def test_at_once_is_picked_up_with_the_first_token(
        self, verifier: Verifier, postern: Postern
    ) -> None:
        before = postern.access_token()
        assert verifier.get(before).status_code == 200
        verifier.advance(INTERVAL)
        new, fetched = postern.rotate(at_once=True), postern.fetches
        after = postern.access_token()
        assert kid_of(after) == new
        assert statuses(verifier, [after, before] * 50) == {200}
        assert postern.fetches - fetched == 1

    def test_at_once_is_seen_ten_seconds_after_a_fetch_at_the_latest(
        self, verifier: Verifier, postern: Postern
    ) -> None:
        assert verifier.get(postern.access_token()).status_code == 200
        postern.rotate(at_once=True)
        after = postern.access_token()
        assert verifier.get(after).status_code == 401
        verifier.advance(INTERVAL)
        assert verifier.get(after).status_code == 200


class TestStormOfUnknownKeys:
    def test_costs_one_fetch_per_interval(self, verifier: Verifier, postern: Postern) -> None:
        good, key = postern.access_token(), postern.signing_key()
        assert verifier.get(good).status_code == 200
        for _ in range(2):
            verifier.advance(INTERVAL)
            fetched = postern.fetches
            unknown = (secrets.token_urlsafe() for _ in range(200))
            storm = [forgeries.signed(key, postern.url, kid=kid) for kid in unknown]
            assert statuses(verifier, storm) == {401}
            assert postern.fetches - fetched == 1
        assert verifier.get(good).status_code == 200


class TestOutage:
    @pytest.fixture
    def token(self, verifier: Verifier, postern: Postern) -> Iterator[str]:
        """Of a Postern that has since stopped."""
        token = postern.access_token()
        assert verifier.get(token).status_code == 200
        with away(postern):
            yield token
        verifier.advance(KEPT)
        assert verifier.get(postern.access_token()).status_code == 200

    def test_is_not_noticed_by_anyone(self, verifier: Verifier, token: str) -> None:
        for _ in range(3):
            assert verifier.get(token).status_code == 200
            verifier.advance(KEPT)

    def test_in_which_postern_hangs_is_one_fetch_that_ends_by_itself(
        self, verifier: Verifier, postern: Postern, token: str
    ) -> None:
        verifier.advance(KEPT)
        with socket.create_server(("127.0.0.1", postern.port)) as hanging:
            assert statuses(verifier, [token] * 200) == {200}
            assert fetches_from(hanging) == 1

    def test_leaves_open_whether_an_unknown_key_is_posterns(
        self, verifier: Verifier, postern: Postern, token: str
    ) -> None:
        new = postern.rotate(at_once=True)
        unknown = forgeries.signed(postern.signing_key(), postern.url)
        assert kid_of(unknown) == new
        assert verifier.get(unknown).status_code == 401  # not in the key set, which is young
        verifier.advance(KEPT)
        for _ in range(2):  # while it asks, and while it waits to ask again
            answer = verifier.get(unknown)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert answer.json()["code"] == "keys_unavailable"
            assert verifier.get(token).status_code == 200
        postern.start()
        verifier.advance(INTERVAL)
        assert verifier.get(unknown).status_code == 200

    def test_of_more_than_a_day_makes_the_keys_doubtful(
        self, verifier: Verifier, token: str
    ) -> None:
        verifier.advance(DAY)
        verifier.advance(KEPT)
        answer = verifier.get(token)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")

    def test_from_the_start_is_no_fault_of_the_token(self, start: Start, postern: Postern) -> None:
        token = postern.access_token()
        with away(postern), start(postern.url) as fresh:
            answer = fresh.get(token)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "keys_unavailable"
            postern.start()
            assert fresh.get(token).status_code == 503
            fresh.advance(INTERVAL)
            assert fresh.get(token).status_code == 200


def test_a_postern_that_hangs_holds_up_nobody_but_who_asks_it(
    postern: Postern, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In FastAPI; with jose, all who come in these three seconds wait together."""
    monkeypatch.setattr("postern_auth.network.ANSWER_WITHIN", HANGS)
    with fastapi(postern.url) as verifier, ThreadPoolExecutor() as threads:
        token = postern.access_token()
        assert verifier.get(token).status_code == 200
        verifier.advance(KEPT)
        with away(postern), socket.create_server(("127.0.0.1", postern.port)) as hanging:
            hanging.settimeout(HANGS)
            asks = threads.submit(verifier.get, token)
            asked, _ = hanging.accept()
            with asked:
                assert statuses(verifier, [token] * 100) == {200}
                assert not asks.done()
            assert asks.result().status_code == 200


def test_the_service_starts_as_its_readme_says(postern: Postern) -> None:
    folder, port = EXAMPLES / "resource_server", free_port()
    readme = (folder / "README.md").read_text()
    command = re.search(r"^POSTERN_ISSUER=.* uvicorn .*$", readme, re.MULTILINE)
    assert command
    started = command[0].replace("http://localhost:8000", postern.url).replace("9000", str(port))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", f"exec env {started}"], cwd=folder, env={"PATH": path}
    )
    try:
        with make_client(port) as client:
            wait_for(client, process)
            verifier = Verifier(client, advance=lambda _: None)
            assert verifier.get(postern.access_token()).json() == {"user_id": 1, "orders": []}
    finally:
        process.terminate()
        process.wait(20)
