"""`postern instance` and `postern sessions`, as an operator runs them."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg2
import pytest

from src.database.database import get_endpoints
from tests.support import databases
from tests.support.commands import postern
from tests.support.environment import shared_database
from tests.support.service import alembic
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
UNCHANGED = "SELECT id, forked_at, database_oid FROM instance"


def rows(direct: Connection, statement: str) -> list[tuple[Any, ...]]:
    with direct.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def profile(client: httpx.Client, tokens: dict[str, Any]) -> httpx.Response:
    return client.get("/auth/profile", headers=tokens["headers"])


@pytest.fixture(scope="module")
def _migrated_copy(_migrated: None) -> Iterator[str]:
    with databases.database("elsewhere") as url:
        alembic("upgrade", "head", settings={"DATABASE_URL": url})
        yield url


@pytest.fixture
def elsewhere(_migrated_copy: str) -> str:
    """A database whose place has changed, and that no service watches."""
    databases.execute(_migrated_copy, "UPDATE instance SET database_oid = 1")
    return _migrated_copy


class TestShow:
    def test_show_names_the_instance_and_its_place(self, direct: Connection) -> None:
        ((instance, oid),) = rows(direct, "SELECT id, database_oid FROM instance")
        done = postern("instance", "show")
        assert done.returncode == 0, done.stderr
        assert str(instance) in done.stdout
        assert done.stdout.count(f"database oid {oid}") == 2
        assert "postern instance fork" not in done.stdout

    def test_show_names_both_commands_for_a_copy(self, elsewhere: str) -> None:
        said = postern("instance", "show", settings={"DATABASE_URL": elsewhere}).stdout
        assert "postern instance keep" in said
        assert "postern instance fork" in said


class TestKeep:
    def test_keep_records_the_place_and_changes_nothing_else(self, elsewhere: str) -> None:
        whole = "SELECT id, created_at, forked_at, system_identifier FROM instance"
        before = databases.execute(elsewhere, whole)
        done = postern("instance", "keep", settings={"DATABASE_URL": elsewhere})
        assert done.returncode == 0, done.stderr
        assert databases.execute(elsewhere, whole) == before
        at_home = "SELECT i.database_oid = d.oid FROM instance i, pg_database d WHERE d.datname = "
        assert databases.execute(elsewhere, f"{at_home}current_database()") == [(True,)]

    def test_keep_is_refused_if_the_app_uses_another_database(
        self, direct: Connection, elsewhere: str
    ) -> None:
        before = rows(direct, UNCHANGED)
        done = postern(
            *("instance", "keep"), settings=shared_database() | {"DATABASE_URL_UNPOOLED": elsewhere}
        )
        assert done.returncode == 1
        assert "is not the app's database" in done.stderr
        assert rows(direct, UNCHANGED) == before
        assert databases.execute(elsewhere, "SELECT database_oid FROM instance") == [(1,)]


class TestOwnSchema:
    def test_the_instance_in_our_own_schema_is_forked(self) -> None:
        with databases.database("in_a_schema") as url:
            settings = {"DATABASE_URL": url, "DATABASE_SCHEMA": "auth"}
            alembic("upgrade", "head", settings=settings)
            (before,) = databases.execute(url, "SELECT id FROM auth.instance")
            done = postern("instance", "fork", "--yes", settings=settings)
            assert done.returncode == 0, done.stderr
            (after,) = databases.execute(url, "SELECT id FROM auth.instance")
            assert before != after
            assert str(after[0]) in done.stdout


class TestFork:
    def test_fork_asks_before_it_ends_sessions(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        me, before = sign_up(), rows(direct, UNCHANGED)
        refused = postern("instance", "fork")
        assert refused.returncode == 1
        assert "End all sessions of" in refused.stdout
        assert rows(direct, UNCHANGED) == before
        assert profile(client, me).status_code == 200

    def test_fork_says_what_it_has_done(self, sign_up: SignUp, direct: Connection) -> None:
        sign_up()
        done = postern("instance", "fork", "--yes")
        assert done.returncode == 0, done.stderr
        ((instance,),) = rows(direct, "SELECT id FROM instance")
        assert f"instance {instance} now. 1 sessions were ended and 1 signing keys" in done.stdout


class TestEndAllSessions:
    def test_the_sessions_of_all_users_end(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        people = [sign_up(), sign_up("bob@example.com")]
        done = postern("sessions", "end", "--all", "--yes")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("2 sessions were ended.")
        for person in people:
            assert_problem(profile(client, person), 401, "session_revoked")
        assert rows(direct, "SELECT DISTINCT ended_by FROM session") == [("operator",)]
        assert postern("sessions", "end", "--all", "--yes").stdout.startswith("0 sessions")

    def test_the_command_asks_first_and_needs_the_option_all(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        assert postern("sessions", "end", "--all").returncode == 1
        assert postern("sessions", "end", "--yes").returncode == 2
        assert profile(client, me).status_code == 200


class TestARefusalByTheDatabase:
    def test_the_databases_own_message_is_shown(self, direct: Connection) -> None:
        rows(direct, "CREATE ROLE looker LOGIN")
        rows(direct, "GRANT SELECT ON instance TO looker")
        before = rows(direct, UNCHANGED)
        try:
            url = get_endpoints().direct.set(username="looker").render_as_string()
            done = postern("instance", "keep", settings={"DATABASE_URL": url})
            assert done.returncode == 1
            assert "permission denied for table instance" in done.stderr
            assert "Traceback" not in done.stderr
            assert rows(direct, UNCHANGED) == before
        finally:
            rows(direct, "DROP OWNED BY looker")
            rows(direct, "DROP ROLE looker")
