"""A purge removes ended sessions only, in small batches, while the service works."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest
from sqlmodel import Session

from src.database.database import unit_of_work
from src.kit.clock import clock, now
from src.sessions import upkeep
from src.upkeep import jobs
from src.upkeep.jobs import in_batches

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
Connection = psycopg2.extensions.connection

EXPIRED = """
INSERT INTO session (user_id, method, password_fingerprint, generation, seen_generation, created_at,
                     handed_out_at, handouts, last_used_at, idle_expires_at, expires_at)
SELECT 1, 'password', '', 1, 1, now(), now(), 1, now(), now() - interval '8 days', now()
FROM generate_series(1, %s)
"""


def fill(direct: Connection, count: int) -> None:
    with direct.cursor() as cursor:
        cursor.execute(EXPIRED, (count,))


def purge() -> int:
    return upkeep.purge(threading.Event())


class TestPurging:
    def test_active_and_recently_ended_sessions_are_kept(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me, other = sign_up(), sign_up("eve@example.com")
        client.post("/auth/signout", headers=other["headers"])
        assert purge() == 0
        with clock.frozen(now() + timedelta(days=6, hours=23)):
            assert purge() == 0
        with clock.frozen(now() + timedelta(days=7, minutes=1)):
            assert purge() == 1
        assert [row["user_id"] for row in rows()] == [me["id"]]
        with clock.frozen(now() + timedelta(days=14 + 7, minutes=1)):
            assert purge() == 1
        assert rows() == []

    def test_requests_are_served_while_a_batch_holds_its_locks(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        tokens = [sign_up()["refresh_token"]]

        def with_traffic(db: Session) -> int:
            count = upkeep.purge_batch(db)
            pair = client.post("/auth/refresh", json={"refresh_token": tokens[-1]})
            assert pair.status_code == 200
            tokens.append(pair.json()["refresh_token"])
            return count

        fill(direct, 20_000)
        assert in_batches(with_traffic, threading.Event()) == 20_000
        assert len(tokens) == 1 + 20_000 // jobs.BATCH + 1
        assert [row["generation"] for row in rows()] == [len(tokens)]

    def test_two_processes_do_not_wait_for_each_other(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        sign_up()
        fill(direct, 3)
        with unit_of_work() as first:
            assert upkeep.purge_batch(first) == 3
            fill(direct, 2)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(purge).result() == 2
        assert len(rows()) == 1
        assert client.get("/livez").status_code == 200

    def test_a_purge_can_stop_between_two_batches(
        self, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        sign_up()
        fill(direct, jobs.BATCH + 10)
        stopping = threading.Event()

        def first_batch(db: Session) -> int:
            stopping.set()
            return upkeep.purge_batch(db)

        assert in_batches(first_batch, stopping) == jobs.BATCH
        assert len(rows()) == 1 + 10


class TestOneAddress:
    def test_a_warning_is_logged_if_all_users_have_one_address(
        self, direct: Connection, sign_up: SignUp, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number in range(20):
            sign_up(f"p{number}@example.com")
        assert upkeep.warn_of_one_address(threading.Event()) == 20
        assert "nearly all sign-ins, by 20 people, came from 127.0.0.1" in caplog.text
        caplog.clear()
        with direct.cursor() as cursor:
            cursor.execute("UPDATE session SET ip = '192.0.2.1' WHERE id = 1")
        assert upkeep.warn_of_one_address(threading.Event()) == 0
        assert "nearly all sign-ins" not in caplog.text
