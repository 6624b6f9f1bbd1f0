"""The watch looks when there is a reason, logs each finding once, and never delays requests."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg2
import pytest
from sqlalchemy import Engine, event

from src.database.database import engine
from src.models import metadata
from src.schema import state as schema_state
from src.schema.state import SchemaState, SchemaStatus
from src.schema.watch.watch import FINDING_WITHIN, GLANCE, GLANCE_WITHIN, PAUSE, SchemaWatch
from tests.support.waiting import eventually

Direct = psycopg2.extensions.connection
SLACK = 5.0
"""Additional seconds for a slow and busy machine."""


@pytest.fixture
def watch() -> Iterator[SchemaWatch]:
    watch = SchemaWatch(metadata, auto_migrate=False)
    watch.start()
    yield watch
    watch.stop()


@contextmanager
def without(direct: Direct, table: str) -> Iterator[None]:
    """The run's own database, with one table renamed."""
    cursor = direct.cursor()
    cursor.execute(f'ALTER TABLE "{table}" RENAME TO hidden')
    try:
        yield
    finally:
        cursor.execute(f'ALTER TABLE hidden RENAME TO "{table}"')


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[SchemaState]:
    """What each look found, in order."""
    seen: list[SchemaState] = []
    inspect = schema_state.inspect

    def noted(*arguments: Any, **options: Any) -> SchemaState:
        seen.append(inspect(*arguments, **options))
        return seen[-1]

    monkeypatch.setattr(schema_state, "inspect", noted)
    return seen


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements of all engines, in order."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class TestAtTheStart:
    def test_the_log_says_what_the_service_is_connected_to(
        self, watch: SchemaWatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO):
            eventually(lambda: "Connected to" in caplog.text)
        state = watch.state
        assert state is not None
        assert state.address in caplog.text
        assert "DATABASE_URL from the process environment" in caplog.text
        assert f"PostgreSQL {state.server_version}" in caplog.text
        assert f"instance {state.instance_id}" in caplog.text
        assert f"revision {state.revision}" in caplog.text

    def test_the_watch_does_not_query_while_all_is_well(
        self, looks: list[SchemaState], watch: SchemaWatch
    ) -> None:
        eventually(lambda: watch.state)
        time.sleep(3 * PAUSE)
        assert len(looks) == 1


class TestAMissingTable:
    def test_a_missing_table_is_found_and_its_return_too(
        self, watch: SchemaWatch, direct: Direct, caplog: pytest.LogCaptureFixture
    ) -> None:
        eventually(lambda: watch.state)
        with without(direct, "endpoint_probe"):
            watch.suspect('relation "endpoint_probe" does not exist')
            eventually(lambda: watch.state and not watch.state.ready)
            assert watch.state is not None
            assert watch.state.status is SchemaStatus.RECORDED_BUT_MISSING
            assert watch.check() is watch.state
        eventually(lambda: watch.state and watch.state.ready)
        assert caplog.text.count("recorded_but_missing") == 1

    def test_many_refused_requests_cause_one_look(
        self, looks: list[SchemaState], watch: SchemaWatch
    ) -> None:
        eventually(lambda: watch.state)
        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(watch.suspect, ["column x does not exist"] * 2000))
        eventually(lambda: len(looks) > 1)
        assert len(looks) <= 2 + (time.monotonic() - began) / PAUSE

    def test_a_cause_without_a_finding_is_logged_once(
        self, watch: SchemaWatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        eventually(lambda: watch.state)
        for _ in range(3):
            watch.suspect("permission denied for table user")
            watch.finding()
            time.sleep(1.1)
        logged = [r for r in caplog.records if "permission denied" in r.getMessage()]
        assert len(logged) == 1


class TestReadiness:
    def test_a_hundred_checks_at_once_make_one_small_query(
        self, looks: list[SchemaState], watch: SchemaWatch
    ) -> None:
        eventually(lambda: watch.state)
        with queries() as asked:
            began = time.monotonic()
            with ThreadPoolExecutor(20) as pool:
                found = list(pool.map(lambda _: watch.check(), range(100)))
            took = time.monotonic() - began
        assert all(state and state.ready for state in found)
        assert 1 <= asked.count(str(GLANCE)) <= 1 + took / PAUSE
        assert len(looks) == 1

    def test_readiness_notices_a_changed_revision(
        self, client: httpx.Client, direct: Direct
    ) -> None:
        eventually(lambda: client.get("/readyz").status_code == 200)
        cursor = direct.cursor()
        cursor.execute("SELECT version_num FROM alembic_version")
        revision = cursor.fetchone()
        cursor.execute("UPDATE alembic_version SET version_num = 'abc'")
        try:
            eventually(lambda: client.get("/readyz").status_code == 503)
            assert "unknown_revision" not in client.get("/livez").text
            assert "revision abc" in client.get("/readyz").json()["detail"]
        finally:
            cursor.execute("UPDATE alembic_version SET version_num = %s", revision)
        eventually(lambda: client.get("/readyz").status_code == 200)

    def test_readiness_is_answered_while_the_pool_is_used_up(self, client: httpx.Client) -> None:
        eventually(lambda: client.get("/readyz").status_code == 200)
        time.sleep(1.1)
        taken = [engine.connect() for _ in range(engine.pool.size())]  # type: ignore[attr-defined]
        try:
            began = time.monotonic()
            assert client.get("/readyz").status_code == 200
            assert time.monotonic() - began < GLANCE_WITHIN + FINDING_WITHIN + SLACK
        finally:
            for connection in taken:
                connection.close()

    def test_readiness_looks_again_after_a_failed_request(
        self, watch: SchemaWatch, direct: Direct
    ) -> None:
        eventually(lambda: watch.check() is not None)
        with without(direct, "instance"):
            watch.suspect('relation "instance" does not exist')
            state = watch.check()
            assert state is None or not state.ready

    def test_readiness_names_the_instance_outside_production(self, client: httpx.Client) -> None:
        eventually(lambda: client.get("/readyz").status_code == 200)
        body = client.get("/readyz").json()
        assert body["status"] == "ready"
        assert body["finding"] == "ok"
        assert len(body["instance"]) == 36
