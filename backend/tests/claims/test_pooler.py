"""PgBouncer in transaction mode, as Neon's pooled hosts are: what it hides and what it does not."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.support import databases
from tests.support.pgbouncer import PgBouncer
from tests.support.postgres import connect

pytestmark = pytest.mark.needs("pgbouncer")

ADD_COLUMN = "ALTER TABLE person ADD COLUMN password_hash text DEFAULT 'hash'"


def with_psycopg2(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg2")


@pytest.fixture
def direct() -> Iterator[str]:
    with databases.database("troubleshooting") as url:
        databases.execute(url, "CREATE TABLE person (id int)", "INSERT INTO person VALUES (1)")
        yield url


@pytest.fixture
def pooled(direct: str) -> Iterator[str]:
    bouncer = PgBouncer(Path(tempfile.mkdtemp(prefix="postern-")) / "pgbouncer", direct)
    yield bouncer.url
    bouncer.stop()


class TestSchemaIsNotCached:
    def test_an_open_pooled_connection_sees_a_new_column_at_once(
        self, direct: str, pooled: str
    ) -> None:
        before = connect(make_url(pooled))
        before.autocommit = True
        with before.cursor() as cursor:
            cursor.execute("SELECT * FROM person")
            assert cursor.fetchall() == [(1,)]
            databases.execute(direct, ADD_COLUMN)
            cursor.execute("SELECT * FROM person")
            assert cursor.fetchall() == [(1, "hash")]
            cursor.execute("SELECT password_hash FROM person")
            assert cursor.fetchall() == [("hash",)]
        before.close()

    def test_so_does_a_pool_of_sqlalchemy_with_its_own_caches(
        self, direct: str, pooled: str
    ) -> None:
        engine = create_engine(with_psycopg2(pooled), pool_size=3)
        everything = text("SELECT * FROM person")
        with engine.connect() as one, engine.connect() as other:
            for connection in (one, other):
                assert connection.execute(everything).all() == [(1,)]
                connection.rollback()
            databases.execute(direct, ADD_COLUMN)
            for connection in (one, other):
                assert connection.execute(everything).all() == [(1, "hash")]
                connection.rollback()
        engine.dispose()


class TestPlans:
    def test_psycopg2_prepares_no_statements(self, direct: str) -> None:
        engine = create_engine(with_psycopg2(direct), poolclass=NullPool)
        with engine.connect() as connection:
            for _ in range(10):
                connection.execute(text("SELECT * FROM person WHERE id = :id"), {"id": 1})
            prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
            assert prepared.scalar_one() == 0

    def test_only_a_prepared_statement_meets_cached_plan_must_not_change(self, direct: str) -> None:
        connection = connect(make_url(direct))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("PREPARE everything AS SELECT * FROM person")
            cursor.execute("EXECUTE everything")
            databases.execute(direct, ADD_COLUMN)
            with pytest.raises(psycopg2.errors.FeatureNotSupported) as refused:
                cursor.execute("EXECUTE everything")
            assert "cached plan must not change result type" in str(refused.value)
            cursor.execute("SELECT * FROM person")
            assert cursor.fetchall() == [(1, "hash")]
        connection.close()


class TestSessionsDoNotHold:
    """Why migrations go around the pooler."""

    def test_two_clients_both_get_a_lock_that_only_one_may_hold(self, pooled: str) -> None:
        lock = "SELECT pg_try_advisory_lock(42)"

        assert databases.execute(pooled, lock) == [(True,)]
        assert databases.execute(pooled, lock) == [(True,)]

    def test_directly_only_one_gets_it(self, direct: str) -> None:
        holder = connect(make_url(direct))
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(42)")
            assert cursor.fetchall() == [(True,)]
            assert databases.execute(direct, "SELECT pg_try_advisory_lock(42)") == [(False,)]
        holder.close()

    def test_a_setting_of_one_client_reaches_another(self, pooled: str) -> None:
        databases.execute(pooled, "SET statement_timeout = '1234ms'")

        assert databases.execute(pooled, "SHOW statement_timeout") == [("1234ms",)]
