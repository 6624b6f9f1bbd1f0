"""Limits by policy: no limit is exceeded, even by many requests at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.passwords.gate import WAIT
from src.ratelimit import limiter
from tests.ratelimit.conftest import ADDRESS, OTHER, WRONG, Limit, SignUp, Visit
from tests.support.asking import until_served
from tests.support.live import part
from tests.support.obstacles import failing, locked
from tests.support.statements import recorded
from tests.web.test_metrics import value
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection


def signup(client: httpx.Client, number: object, forwarded: str = ADDRESS) -> httpx.Response:
    body = {"email": f"p{number}@example.com", "password": "testpass123"}
    return client.post("/auth/signup", json=body, headers={"X-Forwarded-For": forwarded})


def rows(direct: Connection, table: str) -> int:
    with direct.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  a name from below
        [(count,)] = cursor.fetchall()
        return int(count)


class TestABurst:
    def test_a_burst_is_allowed_and_the_next_request_gets_retry_after(
        self, client: httpx.Client, limit: Limit, moved: Clock, direct: Connection
    ) -> None:
        limit("signup_address=3+2/minute")
        assert [signup(client, number).status_code for number in range(3)] == [201] * 3
        refused = signup(client, 3)
        assert_problem(refused, 429, "rate_limited")
        assert refused.headers["retry-after"] == "30"
        assert refused.headers["ratelimit-policy"] == '"signup_address";q=3;w=90'
        assert refused.headers["ratelimit"] == '"signup_address";r=0;t=30'
        assert "30 seconds" in refused.json()["detail"]
        assert rows(direct, '"user"') == 3
        moved.advance(timedelta(seconds=29))
        assert signup(client, 3).headers["retry-after"] == "1"
        moved.advance(timedelta(seconds=1))
        assert signup(client, 3).status_code == 201
        assert signup(client, 4).status_code == 429

    def test_a_full_burst_is_allowed_again_after_the_window(
        self, client: httpx.Client, limit: Limit, moved: Clock
    ) -> None:
        limit("signup_address=3+2/minute")
        for number in range(4):
            signup(client, number)
        moved.advance(timedelta(seconds=90))
        codes = [signup(client, number).status_code for number in range(3, 7)]
        assert codes == [201, 201, 201, 429]

    def test_fifty_requests_at_once_cannot_exceed_the_limit(
        self, client: httpx.Client, limit: Limit
    ) -> None:
        limit("signup_address=7+1/day")
        with ThreadPoolExecutor(50) as pool:
            people = [partial(signup, client, number) for number in range(50)]
            answers = list(pool.map(until_served, people))
        assert Counter(answer.status_code for answer in answers) == {201: 7, 429: 43}

    def test_a_refused_request_is_not_counted(
        self, client: httpx.Client, limit: Limit, moved: Clock
    ) -> None:
        limit("signup_address=2+1/minute")
        for number in range(40):
            signup(client, number)
            moved.advance(timedelta(seconds=1))
        assert signup(client, 99).headers["retry-after"] == "20"

    def test_nothing_is_counted_if_limits_are_off(self, direct: Connection, visitor: Visit) -> None:
        for _ in range(40):
            assert visitor().signin(WRONG).status_code == 401
        assert rows(direct, "rate_limit") == rows(direct, "failure_streak") == 0


class TestAddresses:
    @pytest.mark.parametrize(
        ("others", "same"),
        [
            (["192.0.2.1", "::ffff:192.0.2.1", "[::ffff:c000:201]:443", "192.0.2.1:5678"], True),
            (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff"], True),
            (["2001:db8:1:2::1", "2001:db8:1:3::1"], False),
            (["192.0.2.1", "192.0.2.2"], False),
        ],
    )
    def test_an_ipv4_address_or_an_ipv6_network_has_one_limit(
        self, client: httpx.Client, limit: Limit, others: list[str], same: bool
    ) -> None:
        limit("signup_address=1+1/day")
        codes = [signup(client, number, ip).status_code for number, ip in enumerate(others)]
        assert codes == [201] + [429 if same else 201] * (len(others) - 1)

    def test_a_client_cannot_change_its_address_with_a_header(
        self, client: httpx.Client, limit: Limit
    ) -> None:
        limit("signup_address=1+1/day")
        forged = ["", "10.0.0.1, ", "203.0.113.9, 198.51.100.1, ", "nonsense, ", "127.0.0.1,"]
        codes = [
            signup(client, number, prefix + OTHER).status_code
            for number, prefix in enumerate(forged)
        ]
        assert codes == [201, 429, 429, 429, 429]

    def test_the_address_behind_a_trusted_proxy_is_used(
        self, client: httpx.Client, limit: Limit, configure: Callable[..., Any]
    ) -> None:
        from ipaddress import ip_network

        limit("signup_address=1+1/day")
        configure(trusted_proxies=(ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")))
        assert signup(client, 1, f"{OTHER}, 10.0.0.9").status_code == 201
        assert signup(client, 2, f"{ADDRESS}, 10.0.0.9").status_code == 201
        assert signup(client, 3, f"{ADDRESS}, 10.1.2.3").status_code == 429


class TestRefreshing:
    def test_only_the_session_that_refreshes_too_often_is_limited(
        self, client: httpx.Client, sign_up: SignUp, limit: Limit
    ) -> None:
        wild, calm = sign_up(), sign_up("eve@example.com")
        limit("refresh_session=3+1/minute")
        token, codes = wild["refresh_token"], []
        for _ in range(5):
            answer = client.post("/auth/refresh", json={"refresh_token": token})
            codes.append(answer.status_code)
            token = answer.json().get("refresh_token", token)
        assert codes == [200, 200, 200, 429, 429]
        assert_problem(answer, 429, "rate_limited")
        body = {"refresh_token": calm["refresh_token"]}
        assert client.post("/auth/refresh", json=body).status_code == 200

    def test_a_limited_session_can_refresh_again_later(
        self, client: httpx.Client, sign_up: SignUp, limit: Limit, moved: Clock
    ) -> None:
        token = sign_up()["refresh_token"]
        limit("refresh_session=1+1/minute")
        body = {"refresh_token": token}
        token = client.post("/auth/refresh", json=body).json()["refresh_token"]
        body = {"refresh_token": token}
        assert client.post("/auth/refresh", json=body).status_code == 429
        moved.advance(timedelta(minutes=1))
        assert client.post("/auth/refresh", json=body).status_code == 200


class TestTheStoredLimits:
    def test_requests_are_refused_if_the_limits_fail_and_the_log_says_why(
        self, client: httpx.Client, limit: Limit, direct: Connection, caplog: Any
    ) -> None:
        limit()
        failures = value(client, "postern_rate_limiter_failures_total")
        with failing(direct, "INSERT", "rate_limit"):
            assert_problem(signup(client, 1), 503, "database_unavailable")
        assert "the limits could not be asked" in caplog.text
        assert value(client, "postern_rate_limiter_failures_total") == failures + 1
        assert rows(direct, '"user"') == 0

    def test_requests_that_wait_for_the_limits_do_not_block_others(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        limit: Limit,
        direct: Connection,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        me = sign_up()
        limit()
        monkeypatch.setattr(limiter, "WAIT", 60)
        with ThreadPoolExecutor(30) as pool, locked(direct, "rate_limit"):
            waiting = [pool.submit(signup, client, number) for number in range(30)]
            seen = [client.get("/auth/profile", headers=me["headers"]) for _ in range(10)]
            assert not all(one.done() for one in waiting)
        assert {answer.status_code for answer in seen} == {200}

    def test_requests_that_could_not_be_counted_in_time_are_refused_without_asking(
        self,
        client: httpx.Client,
        limit: Limit,
        direct: Connection,
        caplog: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        limit()
        part("limiter").repeats.forget()
        monkeypatch.setattr(part("gate"), "wait", WAIT)
        with ThreadPoolExecutor(30) as pool, locked(direct, "rate_limit"), recorded() as statements:
            answers = list(pool.map(partial(signup, client), range(30)))
        assert {answer.status_code for answer in answers} == {503}
        assert len(statements) <= 9  # the others ran out of time before they could ask
        assert "the limits could not be asked (database_unavailable)" in caplog.text

    def test_rows_that_no_longer_matter_are_purged(
        self, limit: Limit, direct: Connection, moved: Clock, visitor: Visit
    ) -> None:
        import threading

        from src.ratelimit.upkeep import purge

        limit()
        visitor().signin(WRONG)
        assert (rows(direct, "rate_limit"), rows(direct, "failure_streak")) == (3, 1)
        assert purge(threading.Event()) == 0
        moved.advance(timedelta(hours=1))
        assert purge(threading.Event()) == 3
        assert rows(direct, "failure_streak") == 1
        moved.advance(timedelta(days=30))
        assert purge(threading.Event()) == 1
        assert rows(direct, "failure_streak") == 0

    def test_the_tables_have_a_limit_and_the_oldest_rows_go(
        self, limit: Limit, direct: Connection, moved: Clock, visitor: Visit
    ) -> None:
        from src.database.database import unit_of_work
        from src.ratelimit.upkeep import purge_excess

        limit()
        for number in range(4):
            visitor(f"192.0.2.{number}").signin(WRONG, f"{number}@example.com")
            moved.advance(timedelta(seconds=1))
        with direct.cursor() as cursor:
            cursor.execute("SELECT key FROM failure_streak ORDER BY last_at DESC LIMIT 2")
            newest = cursor.fetchall()
            with unit_of_work() as db:
                assert purge_excess(db, keep=2) == 12 - 2 + 2
            cursor.execute("SELECT key FROM failure_streak ORDER BY last_at DESC")
            assert cursor.fetchall() == newest
        assert rows(direct, "rate_limit") == 2

    def test_metrics_show_the_number_of_rows(
        self, limit: Limit, visitor: Visit, client: httpx.Client
    ) -> None:
        import threading

        from src.ratelimit.upkeep import purge

        limit()
        visitor().signin(WRONG)
        purge(threading.Event())
        assert value(client, "postern_limit_rows", table="rate_limit") == 3
        assert value(client, "postern_limit_rows", table="failure_streak") == 1

    def test_no_email_or_ip_address_is_stored(
        self, limit: Limit, direct: Connection, visitor: Visit
    ) -> None:
        limit()
        visitor().signin(WRONG, "ada@example.com")
        with direct.cursor() as cursor:
            cursor.execute("SELECT key FROM rate_limit UNION SELECT key FROM failure_streak")
            keys = [bytes(key) for (key,) in cursor.fetchall()]
        assert {len(key) for key in keys} == {16}
        assert not any(b"ada" in key or b"192" in key for key in keys)
