"""A host's clock that jumps or is wrong locks nobody out and lets nobody in."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import psycopg2
import pytest
from sqlalchemy import Connection

from src.database.database import unit_of_work
from src.database.origin import app_endpoint
from src.kit.clock import SKEW, clock, host_time, now
from src.models import metadata
from src.policies import TABLE
from src.ratelimit import buckets
from src.ratelimit.errors import RateLimited
from src.schema.state import looking_through
from src.schema.watch import time_watch
from src.schema.watch.watch import SchemaWatch
from tests.support.live import forget_refusals
from tests.support.waiting import eventually

SignUp = Callable[..., dict[str, Any]]
PASSWORD = "testpass123"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
POLICY = TABLE["signin_account_address"]


@pytest.fixture
def measured() -> Iterator[None]:
    with looking_through(app_endpoint()) as connection:
        time_watch.measure(connection)
    yield
    clock.forget()


@pytest.fixture(autouse=True)
def _limited(configure: Callable[..., Any]) -> None:
    configure(rate_limits=True)


def everything_works(client: httpx.Client, me: dict[str, Any], number: int) -> dict[str, Any]:
    """Sign up, sign in, refresh and read, at once; gives the tokens of the refresh."""
    other = {"email": f"bob{number}@example.com", "password": PASSWORD}
    assert client.post("/auth/signup", json=other).status_code == 201
    own = {"email": me["email"], "password": PASSWORD}
    assert client.post("/auth/signin", json=own).status_code == 200
    refreshed = client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})
    assert refreshed.status_code == 200, refreshed.text
    header = {"Authorization": f"Bearer {refreshed.json()['access_token']}"}
    assert client.get("/auth/profile", headers=header).status_code == 200
    return {**me, **refreshed.json(), "headers": header}


class TestAHostClockThatJumps:
    @pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["ahead", "back"])
    @pytest.mark.usefixtures("measured")
    def test_and_returns_is_not_noticed(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        monkeypatch: pytest.MonkeyPatch,
        jump: timedelta,
    ) -> None:
        me = everything_works(client, sign_up(), 1)
        with monkeypatch.context() as patched:
            patched.setattr(clock, "host", lambda: host_time() + jump)
            me = everything_works(client, me, 2)
            assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        everything_works(client, me, 3)


class TestMomentsOfAClockThatWasWrong:
    @pytest.mark.parametrize("off", [HOUR, -HOUR], ids=["ahead", "behind"])
    def test_sign_in_refresh_and_sign_up_work_at_once(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        direct: psycopg2.extensions.connection,
        off: timedelta,
    ) -> None:
        me = sign_up()
        with clock.frozen(host_time() + off):
            me = everything_works(client, me, 1)
        everything_works(client, me, 2)
        longest = max(policy.window for policy in TABLE.values())
        with direct.cursor() as cursor:
            cursor.execute("SELECT full_at FROM rate_limit ORDER BY full_at")
            moments = [moment for (moment,) in cursor.fetchall()]
        assert moments[-1] <= now() + longest

    def test_memory_of_a_refusal_does_not_outlive_it(self, client: httpx.Client) -> None:
        body = {"email": "ada@example.com", "password": PASSWORD}
        with clock.frozen(host_time() + HOUR):
            codes = [client.post("/auth/signin", json=body).status_code for _ in range(12)]
        assert codes[-1] == 429
        assert client.post("/auth/signin", json=body).status_code == 401


class TestABucket:
    """As a host that is ahead leaves it, for one that is not."""

    @pytest.fixture
    def spent(self, client: httpx.Client) -> Iterator[datetime]:  # noqa: ARG002  it wipes
        at = now()
        with clock.frozen(at + SKEW), unit_of_work() as db:
            for _ in range(POLICY.burst):
                buckets.hit(db, POLICY, "ada")
        with clock.frozen(at):
            yield at
        forget_refusals()

    def refused(self) -> RateLimited | None:
        try:
            with unit_of_work() as db:
                buckets.hit(db, POLICY, "ada")
        except RateLimited as refusal:
            return refusal
        return None

    def test_gives_no_second_burst(self, spent: datetime) -> None:
        refusal = self.refused()
        assert refusal is not None
        assert refusal.reached.until == spent + POLICY.interval

    def test_is_never_full_later_than_its_window(
        self, spent: datetime, direct: psycopg2.extensions.connection
    ) -> None:
        self.refused()
        with direct.cursor() as cursor:
            cursor.execute("SELECT full_at FROM rate_limit")
            assert cursor.fetchall() == [(spent + POLICY.window,)]

    def test_fills_at_its_usual_pace(self, spent: datetime) -> None:
        assert self.refused()
        clock.advance(POLICY.interval)
        assert self.refused() is None
        assert self.refused()
        assert now() == spent + POLICY.interval


class TestTheWatch:
    @pytest.mark.parametrize("off", [5 * MINUTE, -5 * MINUTE])
    def test_measures_the_clock_at_its_first_look_and_when_the_host_steps(
        self, monkeypatch: pytest.MonkeyPatch, off: timedelta
    ) -> None:
        clock.forget()
        looks: list[Connection] = []
        measure = time_watch.measure

        def counted(connection: Connection) -> None:
            looks.append(connection)
            measure(connection)

        monkeypatch.setattr(time_watch, "measure", counted)
        monkeypatch.setattr(clock, "host", lambda: host_time() + off)
        monkeypatch.setattr(clock, "ask", clock.ask)
        watch = SchemaWatch(metadata, auto_migrate=False)
        watch.start()
        try:
            eventually(lambda: abs(now() - host_time()) < MINUTE)
            before = len(looks)
            monkeypatch.setattr(clock, "host", lambda: host_time() + HOUR)
            now()
            eventually(lambda: len(looks) > before)
            assert abs(now() - host_time()) < MINUTE
        finally:
            watch.stop()

    def test_does_not_believe_a_slow_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        readings = iter([0.0, 2.0, 2.0, 2.0])
        clock.forget()
        with monkeypatch.context() as patched, looking_through(app_endpoint()) as connection:
            patched.setattr(clock, "counter", lambda: next(readings))
            patched.setattr(clock, "host", lambda: host_time() + HOUR)
            time_watch.measure(connection)
            assert now() - host_time() > HOUR / 2
