"""A migration that the server refuses ends with a sentence and the one thing to do."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from src.database.connecting import single_use_engine
from src.database.origin import Endpoint
from src.schema.migrations.faults import meaning
from src.schema.migrations.history import own_history
from src.schema.migrations.obstacles import find
from src.schema.state import SchemaStatus, looking_through
from tests.support.postgres import connect
from tests.support.scratch import Scratch
from tests.support.service import migrate, run_alembic, run_postern

pytestmark = pytest.mark.once("migrations go to the direct endpoint")

NOT_NULL = "ALTER TABLE instance ADD tag text NOT NULL"


@pytest.fixture
def migrator(scratch: Scratch) -> Iterator[str]:
    """A role that owns nothing."""
    scratch.sql("CREATE ROLE migrator LOGIN")
    yield "migrator"
    scratch.sql("DROP OWNED BY migrator; DROP ROLE migrator")


def settings_of(database: Scratch, role: str) -> dict[str, str]:
    url = database.direct.url.set(username=role).render_as_string(hide_password=False)
    return {"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url}


class TestRefusedMigrations:
    def test_the_shown_grant_lets_a_role_create_tables(self, empty: Scratch, migrator: str) -> None:
        settings = settings_of(empty, migrator)
        done = run_postern("migrate", settings=settings)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "permission denied for schema public" in done.stderr
        command = done.stderr.partition("To fix it: ")[2]
        *_, option, grant = shlex.split(command)
        assert (option, grant) == ("-c", 'GRANT USAGE, CREATE ON SCHEMA "public" TO "migrator"')
        assert empty.look().status is SchemaStatus.EMPTY
        try:
            empty.sql(grant)
            migrate(settings=settings)
            assert empty.look().status is SchemaStatus.OK
        finally:
            empty.sql("DROP OWNED BY migrator")

    def test_a_missing_schema_must_be_created_by_the_databases_owner(
        self, empty: Scratch, migrator: str
    ) -> None:
        endpoint = replace(
            empty.direct, url=empty.direct.url.set(username=migrator), schema="postern"
        )
        with looking_through(endpoint) as db:
            obstacle = find(db, endpoint, own_history())
        assert obstacle is not None
        assert 'may not create the schema "postern"' in obstacle.summary
        assert 'CREATE SCHEMA "postern" AUTHORIZATION "migrator"' in obstacle.command

    def test_a_role_that_does_not_own_the_table_is_shown_the_owner(
        self, scratch: Scratch, migrator: str, next_migration: Callable[[str], Path]
    ) -> None:
        scratch.sql(
            "GRANT ALL ON SCHEMA public TO migrator;"
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO migrator"
        )
        backend = next_migration("ALTER TABLE instance ADD note text")
        settings = settings_of(scratch, migrator)
        done = run_postern("migrate", settings=settings, backend=backend)
        assert done.returncode == 1
        assert "Migration ffff00000001 (Do something) was refused: must be owner" in done.stderr
        owner = scratch.direct.url.username
        assert f'belongs to the role "{owner}"' in done.stderr
        assert "To fix it: set DATABASE_URL_UNPOOLED" in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("run", "arguments", "whole"),
        [
            (run_postern, ("migrate",), False),
            (run_postern, ("migrate", "--verbose"), True),
            (run_alembic, ("upgrade", "head"), False),
            (run_alembic, ("--raiseerr", "upgrade", "head"), True),
        ],
    )
    def test_the_traceback_is_shown_only_with_verbose(
        self,
        scratch: Scratch,
        next_migration: Callable[[str], Path],
        run: Callable[..., Any],
        arguments: tuple[str, ...],
        whole: bool,
    ) -> None:
        done = run(*arguments, settings=scratch.settings, backend=next_migration(NOT_NULL))
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert "contains null values" in said
        assert ("Traceback" in said) == whole
        if not whole:
            assert "makes instance.tag NOT NULL" in said
            assert "nullable and fill it first, or give it a server_default" in said
        assert scratch.look().status is SchemaStatus.OK

    @pytest.mark.parametrize("command", ["current", "check", "stamp", "downgrade"])
    def test_every_alembic_command_ends_with_one_sentence(
        self, scratch: Scratch, migrator: str, command: str
    ) -> None:
        target = {"stamp": ["base"], "downgrade": ["-1"]}.get(command, [])
        done = run_alembic(command, *target, settings=settings_of(scratch, migrator))
        assert done.returncode != 0
        assert "permission denied" in done.stdout
        assert "To fix it: " in done.stdout
        assert "Traceback" not in done.stderr


class TestMeanings:
    """Each refusal is a real one, on a migrated database."""

    def refused(self, endpoint: Endpoint, sql: str) -> str:
        with single_use_engine(endpoint.url).connect() as connection:
            connection.execute(text("SET lock_timeout = '10ms'; SET statement_timeout = '200ms'"))
            with pytest.raises(DBAPIError) as refusal:
                connection.execute(text(sql))
        said, fix = meaning(refusal.value, endpoint)
        assert " refused: " in said
        return f"{said} To fix it: {fix}"

    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("CREATE TABLE instance (id int)", ["already exists", "postern doctor"]),
            ("ALTER TABLE instance ADD id int", ["already exists", "postern doctor"]),
            ("ALTER TABLE instance ALTER id TYPE nothing", ["does not exist", "alembic/versions"]),
            ("SELECT pg_sleep(60)", ["statement timeout", "smaller steps"]),
            ("ALTER TABLE instance ADD a int NOT NULL", ["instance.a NOT NULL", "server_default"]),
            (
                "ALTER TABLE instance ADD CHECK (not only_row)",
                ["is violated", "correct these rows"],
            ),
            (
                "SET TRANSACTION READ ONLY; CREATE TABLE a (b int)",
                ["read-only transaction", "change DATABASE_URL_UNPOOLED in backend/.env"],
            ),
            ("SELECT 1 / 0", ["DIVISION_BY_ZERO", "make migrate"]),
            (
                "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$",
                ["no space left", "give the server the resources"],
            ),
        ],
    )
    def test_the_refusal_says_why_and_what_to_do(
        self, scratch: Scratch, sql: str, words: list[str]
    ) -> None:
        said = self.refused(scratch.direct, sql)
        assert [word for word in words if word not in said] == []

    def test_the_process_that_holds_a_lock_is_named(self, scratch: Scratch) -> None:
        holder = connect(scratch.direct.url)
        try:
            holder.cursor().execute("LOCK TABLE instance IN ACCESS SHARE MODE")
            pid = holder.info.backend_pid
            said = self.refused(scratch.direct, "ALTER TABLE instance ADD note text")
        finally:
            holder.close()
        assert "lock timeout" in said
        assert f"Process {pid} " in said
        assert 'idle in transaction) uses "instance"' in said
        assert "wait until it has ended, then: make migrate" in said

    def test_the_query_for_duplicates_works_and_no_row_is_shown(self, scratch: Scratch) -> None:
        scratch.sql(
            'INSERT INTO "user" (email, email_key, name, created_at, updated_at, password_hash)'
            " SELECT 'zq7Vx2mK', n::text, 'zq7Vx2mK', now(), now(), '' FROM generate_series(1, 2) n"
        )
        said = self.refused(scratch.direct, 'CREATE UNIQUE INDEX i ON "user" (name, email)')
        assert "could not create unique index" in said
        assert "have the same value" in said
        assert "zq7Vx2mK" not in said
        ((*_, count),) = scratch.sql(shlex.split(said)[-1])
        assert count == 2

    def test_an_ended_connection_is_not_taken_for_a_stopped_server(self, scratch: Scratch) -> None:
        with single_use_engine(scratch.direct.url).connect() as connection:
            connection.execute(text("SELECT 1"))
            pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            scratch.sql(f"SELECT pg_terminate_backend({pid})")
            with pytest.raises(DBAPIError) as refusal:
                connection.execute(text("SELECT 1"))
        said, fix = meaning(refusal.value, scratch.direct)
        assert fix == "make migrate"
        assert "restart" not in said
