"""What PostgreSQL says about missing tables, word for word, and what its client does by default."""

import psycopg2
import pytest

from tests.support import databases
from tests.support.own_postgres import ready_made


class TestTables:
    def test_missing_column_and_table_word_for_word(self) -> None:
        with databases.database("words") as url:
            databases.execute(url, 'CREATE TABLE "user" (id int)')
            with pytest.raises(
                psycopg2.errors.UndefinedColumn, match=r"column user\.password_hash does not exist"
            ):
                databases.execute(url, 'SELECT "user".password_hash FROM "user"')
            with pytest.raises(
                psycopg2.errors.UndefinedTable, match='relation "instance" does not exist'
            ):
                databases.execute(url, "SELECT * FROM instance")

    def test_an_unquoted_user_is_not_the_table(self) -> None:
        with databases.database("quoting") as url:
            databases.execute(
                url, 'CREATE TABLE "user" (email text)', "INSERT INTO \"user\" VALUES ('ada@x')"
            )

            assert databases.execute(url, 'SELECT * FROM "user"') == [("ada@x",)]
            assert databases.execute(url, "SELECT * FROM user") == [("postgres",)]

    def test_a_table_outside_of_the_search_path_is_there_and_not_found(self) -> None:
        with databases.database("paths") as url:
            databases.execute(url, "CREATE SCHEMA app", "CREATE TABLE app.thing AS SELECT 1 AS one")
            with pytest.raises(psycopg2.errors.UndefinedTable, match='relation "thing"'):
                databases.execute(url, "SELECT * FROM thing")
            databases.execute(url, 'ALTER DATABASE "paths" SET search_path = app')

            assert databases.execute(url, "SELECT * FROM thing") == [(1,)]

    def test_a_read_only_database_word_for_word(self) -> None:
        with databases.database("replica") as url:
            databases.execute(url, "CREATE TABLE thing (one int)")
            databases.execute(
                url, 'ALTER DATABASE "replica" SET default_transaction_read_only = on'
            )
            words = "cannot execute INSERT in a read-only transaction"
            with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction, match=words):
                databases.execute(url, "INSERT INTO thing VALUES (1)")


class TestEncryption:
    def test_the_default_goes_on_without_encryption(self) -> None:
        server = ready_made()
        try:
            ssl = databases.execute(
                server.url(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            )
        finally:
            server.close()

        assert ssl == [(False,)]
