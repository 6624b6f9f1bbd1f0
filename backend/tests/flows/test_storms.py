"""More sign-ins than the machine can hash: some must retry later, all other requests work."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from src.main import create_app
from src.passwords.cores import usable
from src.passwords.gate import AHEAD, WAIT
from tests.support.server import serving
from tests.support.service import service
from tests.support.waiting import eventually
from tests.web.test_metrics import value

SignUp = Callable[..., dict[str, Any]]
WRONG = {"email": "ada@example.com", "password": "wrong-password"}
SLOW = 13
"""The cost of a hash: about half a second."""


@pytest.fixture
def narrow(
    client: httpx.Client,  # noqa: ARG001  wipes what is written
    configure: Callable[..., Any],
) -> Iterator[httpx.Client]:
    """The service with one thread for hashing, and hashes that take their time."""
    configure(hash_threads=1, hash_queue=20, bcrypt_rounds=SLOW)
    with serving(create_app()) as narrow:
        yield narrow


def signin(client: httpx.Client, ip: str) -> httpx.Response:
    return client.post("/auth/signin", json=WRONG, headers={"X-Forwarded-For": ip})


def begin_signin(
    client: httpx.Client,
    ip: str,
    credentials: Mapping[str, str] = WRONG,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> socket.socket:
    """Sends a request, and does not wait for its answer."""
    body = json.dumps(credentials)
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    url = client.base_url
    connection = socket.create_connection((url.host, url.port))
    connection.sendall(
        f"POST /auth/signin HTTP/1.1\r\nHost: {url.host}\r\nContent-Type: application/json\r\n"
        f"X-Forwarded-For: {ip}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    return connection


class TestAStorm:
    def test_requests_over_the_limit_are_refused_and_others_served(
        self, configure: Callable[..., Any], sign_up: SignUp
    ) -> None:
        configure(hash_threads=1, hash_queue=20, bcrypt_rounds=SLOW)
        me = sign_up("eve@example.com")
        with (
            serving(create_app(), hash_wait=WAIT) as narrow,
            ThreadPoolExecutor(41) as pool,
        ):
            storm = [pool.submit(signin, narrow, "192.0.2.1") for _ in range(40)]
            seen = [narrow.get("/auth/profile", headers=me["headers"]) for _ in range(20)]
            answers = [one.result() for one in storm]
        assert {one.status_code for one in seen} == {200}
        codes = Counter(one.status_code for one in answers)
        assert set(codes) == {401, 503}
        assert codes[503] >= 20
        for answer in answers:
            if answer.status_code == 503:
                assert answer.json()["code"] == "overloaded"
                assert 1 <= int(answer.headers["retry-after"]) <= 11

    def test_a_storm_from_one_address_does_not_block_another(self, narrow: httpx.Client) -> None:
        flood = [begin_signin(narrow, "192.0.2.1") for _ in range(30)]
        eventually(lambda: value(narrow, "postern_hash_queue_depth") >= 19)
        hashed = value(narrow, "postern_hash_seconds_count")
        assert signin(narrow, "198.51.100.7").status_code == 401
        assert value(narrow, "postern_hash_seconds_count") - hashed <= 4
        assert value(narrow, "postern_hash_refusals_total", reason="displaced") >= 1
        for connection in flood:
            connection.close()

    def test_a_storm_from_the_same_address_does_not_block_a_known_device(
        self, narrow: httpx.Client, sign_up: SignUp
    ) -> None:
        sign_up()
        ada = {"email": "ada@example.com", "password": "testpass123"}
        device = narrow.post("/auth/signin", json=ada).headers["postern-device"]
        flood = [begin_signin(narrow, "192.0.2.1") for _ in range(30)]
        eventually(lambda: value(narrow, "postern_hash_queue_depth") >= 19)
        headers = {"X-Forwarded-For": "192.0.2.1", "Postern-Device": device}
        assert narrow.post("/auth/signin", json=ada, headers=headers).status_code == 200
        assert value(narrow, "postern_hash_queue_depth") > 0
        for connection in flood:
            connection.close()

    def test_known_devices_of_another_account_on_many_networks_do_not_block_one(
        self, narrow: httpx.Client, sign_up: SignUp
    ) -> None:
        right: dict[str, Any] = {}
        for email in ("ada@example.com", "eve@example.com"):
            sign_up(email)
            body = {"email": email, "password": "testpass123"}
            device = narrow.post("/auth/signin", json=body).headers["postern-device"]
            right[email] = {"json": body, "headers": {"Postern-Device": device}}
        eve = right["eve@example.com"]["headers"]
        guess = WRONG | {"email": "eve@example.com"}
        flood = [begin_signin(narrow, f"198.{n}.100.1", guess, eve) for n in range(10)]
        eventually(lambda: value(narrow, "postern_hash_queue_depth") >= 10 - 1 - AHEAD)
        assert narrow.post("/auth/signin", **right["ada@example.com"]).status_code == 200
        assert value(narrow, "postern_hash_queue_depth") > 0
        for connection in flood:
            connection.close()

    def test_a_client_that_hangs_up_leaves_the_queue(self, narrow: httpx.Client) -> None:
        gone = value(narrow, "postern_hash_refusals_total", reason="gone")
        crowd = [begin_signin(narrow, "192.0.2.1") for _ in range(6)]
        eventually(lambda: value(narrow, "postern_hash_queue_depth") == 6 - 1 - AHEAD)
        for connection in crowd:
            connection.close()
        eventually(lambda: value(narrow, "postern_hash_queue_depth") == 0)
        eventually(lambda: value(narrow, "postern_hash_refusals_total", reason="gone") == gone + 4)
        eventually(lambda: value(narrow, "postern_hash_running") == 0)


class TestHashThreads:
    @pytest.mark.parametrize(
        ("settings", "number"), [({}, usable()), ({"HASH_THREADS": "3"}, 3)], ids=["cores", "set"]
    )
    def test_are_as_many_as_the_cores_or_as_the_setting_says(
        self, tmp_path: Path, settings: dict[str, str], number: int
    ) -> None:
        with service(tmp_path, settings) as one:
            assert value(one.client, "postern_hash_threads") == number
