"""A read in one round trip: one statement, as reliable as a unit of work."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import psycopg2
import pytest
from sqlalchemy import bindparam, select, text
from sqlmodel import col

from src.database.database import current, engine, unit_of_work
from src.database.errors import DatabaseUnavailable, SchemaMismatch
from src.database.reading import Read
from src.models import User
from tests.support.obstacles import locked
from tests.support.statements import recorded
from tests.support.waiting import eventually

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
BY_NAME = Read(select(col(User.id), col(User.email)).where(col(User.name) == bindparam("name")))


def end_all_connections(direct: Connection) -> None:
    with direct.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'postern' AND pid <> pg_backend_pid()"
        )


def answers() -> bool:
    """False until the service tries the database again after a failure."""
    try:
        BY_NAME.first(name="Ada")
    except DatabaseUnavailable:
        return False
    return True


class TestReading:
    def test_a_read_returns_named_columns_or_none(
        self, sign_up: SignUp, direct: Connection
    ) -> None:
        me = sign_up()
        assert BY_NAME.first(name="Ada") is None
        with direct.cursor() as cursor:
            cursor.execute("UPDATE \"user\" SET name = 'Ada'")
        row = BY_NAME.first(name="Ada")
        assert row is not None
        assert (row.id, row.email) == (me["id"], "ada@example.com")

    def test_a_profile_is_read_in_one_statement_without_a_write(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        client.get("/auth/profile", headers=me["headers"])
        with recorded() as statements:
            assert client.get("/auth/profile", headers=me["headers"]).status_code == 200
        assert len(statements) == 1
        assert statements[0].startswith("SELECT")

    def test_transactions_can_use_the_connection_after_a_read(self) -> None:
        BY_NAME.first(name="Ada")
        with suppress(ZeroDivisionError), unit_of_work() as db:
            db.execute(text("CREATE TABLE left_behind ()"))
            raise ZeroDivisionError
        with unit_of_work() as db:
            assert db.execute(text("SELECT to_regclass('left_behind')")).scalar() is None


class TestTrouble:
    def test_a_connection_that_died_in_the_pool_causes_no_error(self, direct: Connection) -> None:
        BY_NAME.first(name="Ada")
        end_all_connections(direct)
        assert BY_NAME.first(name="Ada") is None
        end_all_connections(direct)
        with unit_of_work() as db:
            assert db.execute(text("SELECT 1")).scalar() == 1

    def test_a_missing_column_is_a_schema_mismatch(self, direct: Connection) -> None:
        with direct.cursor() as cursor:
            cursor.execute('ALTER TABLE "user" RENAME COLUMN name TO other')
        try:
            with pytest.raises(SchemaMismatch) as refusal:
                BY_NAME.first(name="Ada")
        finally:
            with direct.cursor() as cursor:
                cursor.execute('ALTER TABLE "user" RENAME COLUMN other TO name')
        assert "name" in str(refusal.value.log["cause"])

    def test_the_wait_for_a_locked_table_has_a_limit(
        self, direct: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("src.database.database.ANSWER_WITHIN", 0.3)
        with locked(direct, "user"), pytest.raises(DatabaseUnavailable):
            BY_NAME.first(name="Ada")
        eventually(answers)

    def test_a_statement_that_waits_too_long_also_ends_on_the_server(
        self, direct: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opening = current().opening.replace("1500ms", "200ms")
        monkeypatch.setattr(current(), "opening", opening)
        with locked(direct, "user") as cursor:
            with pytest.raises(DatabaseUnavailable):
                BY_NAME.first(name="Ada")
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            assert cursor.fetchall() == [(0,)]
        eventually(answers)

    def test_a_read_is_refused_if_all_connections_are_in_use(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine.pool, "_timeout", 0.05)
        held = [engine.connect() for _ in range(10)]
        try:
            with pytest.raises(DatabaseUnavailable):
                BY_NAME.first(name="Ada")
        finally:
            for connection in held:
                connection.close()
