"""Every state of a schema, with real databases, and what is said about it."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Column, MetaData

from src.models import metadata
from src.schema.migrations.history import own_history
from src.schema.state import SchemaState, SchemaStatus, inspect
from tests.support.postgres import connect
from tests.support.scratch import Scratch, only
from tests.support.service import alembic, checkout, run_alembic

HEAD = own_history().head
NEWER = '''"""Add a nickname."""
import sqlalchemy as sa
from alembic import op
revision = "ffff00000001"
down_revision = "{head}"
branch_labels = depends_on = None
def upgrade() -> None:
    op.add_column("user", sa.Column("nickname", sa.Text(), nullable=True))
def downgrade() -> None:
    op.drop_column("user", "nickname")
'''


class TestAHealthySchema:
    def test_a_healthy_schema_is_ok_and_names_its_database(self, scratch: Scratch) -> None:
        state = scratch.look()
        assert state.status is SchemaStatus.OK
        assert state.ready
        assert state.revision == state.head == HEAD
        assert state.command is None
        assert f'"{scratch.name}"' in state.summary
        assert "DATABASE_URL from backend/.env" in state.summary
        assert state.instance_id is not None

    def test_tables_of_others_change_nothing(self, scratch: Scratch) -> None:
        scratch.sql("CREATE TABLE invoice (id int); CREATE VIEW v AS SELECT 1 AS one")
        assert scratch.look().status is SchemaStatus.OK

    def test_an_extra_column_that_fills_itself_changes_nothing(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" ADD age int, ADD at timestamptz NOT NULL DEFAULT now()')
        state = scratch.look()
        assert state.status is SchemaStatus.OK
        assert {item.column for item in state.differences} == {"age", "at"}

    def test_a_schema_named_like_the_role_is_not_searched(self, scratch: Scratch) -> None:
        role = scratch.look().role
        scratch.sql(f'CREATE SCHEMA "{role}"; CREATE TABLE "{role}"."user" (id int)')
        assert scratch.look().status is SchemaStatus.OK

    def test_the_search_path_of_a_role_or_address_changes_nothing(self, scratch: Scratch) -> None:
        scratch.sql(f'ALTER DATABASE "{scratch.name}" SET search_path = nowhere')
        url = scratch.direct.url.update_query_dict({"options": "-csearch_path=elsewhere"})
        for endpoint in (scratch.direct, type(scratch.direct)(url)):
            assert inspect(endpoint, metadata).status is SchemaStatus.OK


class TestTheWayToTheNewestRevision:
    def test_a_new_database_is_empty(self, empty: Scratch) -> None:
        state = empty.look()
        assert state.status is SchemaStatus.EMPTY
        assert state.command == "make migrate"
        assert state.behind == len(own_history().migrations)

    def test_a_database_with_only_alembics_table_is_empty(self, empty: Scratch) -> None:
        empty.sql("CREATE TABLE alembic_version (version_num text)")
        assert empty.look().status is SchemaStatus.EMPTY

    def test_older_code_serves_on_a_database_that_is_ahead(
        self, scratch: Scratch, newer: Callable[[str], None]
    ) -> None:
        newer(NEWER)
        state = scratch.look()
        assert state.status is SchemaStatus.AHEAD
        assert state.ready
        assert state.revision == "ffff00000001"
        assert only(state).column == "nickname"
        assert HEAD in state.summary

    def test_older_code_stops_if_newer_code_removed_what_it_needs(
        self, scratch: Scratch, newer: Callable[[str], None]
    ) -> None:
        newer(
            NEWER.replace(
                'op.add_column("user"', 'op.drop_column("user", "email") or op.add_column("user"'
            )
        )
        state = scratch.look()
        assert state.status is SchemaStatus.AHEAD
        assert not state.ready
        assert "the column user.email is missing" in state.summary

    def test_newer_code_finds_an_older_database_behind(
        self, newer_state: Callable[[str], SchemaState]
    ) -> None:
        state = newer_state(NEWER)
        assert state.status is SchemaStatus.BEHIND
        assert state.behind == 1
        assert state.command == "make migrate"
        assert "the column user.nickname is missing, which migration ffff00000001" in state.summary
        assert "(Add a nickname)" in state.summary

    def test_an_unknown_revision_is_not_taken_for_a_newer_one(self, scratch: Scratch) -> None:
        scratch.sql("UPDATE alembic_version SET version_num = 'abc'")
        state = scratch.look()
        assert state.status is SchemaStatus.UNKNOWN_REVISION
        assert not state.ready
        assert "revision abc" in state.summary
        assert state.command == "git log --all --oneline -S abc -- backend/alembic/versions"

    def test_tables_without_a_revision_get_the_one_to_record(self, scratch: Scratch) -> None:
        scratch.sql("DROP TABLE alembic_version")
        state = scratch.look()
        assert state.status is SchemaStatus.UNKNOWN_REVISION
        assert state.command == f"cd backend && .venv/bin/alembic stamp {HEAD}"

    def test_recording_the_shown_revision_fixes_it(self, scratch: Scratch) -> None:
        scratch.sql("DELETE FROM alembic_version")
        assert scratch.look().command == f"cd backend && .venv/bin/alembic stamp {HEAD}"
        alembic("stamp", HEAD, settings=scratch.settings)
        assert scratch.look().status is SchemaStatus.OK


class TestAStampedRevision:
    def test_a_stamp_over_another_applications_tables_is_found(self, empty: Scratch) -> None:
        empty.sql('CREATE TABLE "user" (id serial PRIMARY KEY, email text)')
        alembic("stamp", "head", settings=empty.settings)
        state = empty.look()
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        missing = [str(difference) for difference in state.differences]
        assert any("the column user.password_hash is missing" in words for words in missing)
        assert {item.table for item in state.differences} >= {"instance", "endpoint_probe"}

    def test_a_stamp_on_an_empty_database_is_fixed_by_migrating(self, empty: Scratch) -> None:
        alembic("stamp", "head", settings=empty.settings)
        state = empty.look()
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        upgrade = ".venv/bin/alembic upgrade head"
        assert state.command == f"cd backend && .venv/bin/alembic stamp base && {upgrade}"
        alembic("stamp", "base", settings=empty.settings)
        alembic("upgrade", "head", settings=empty.settings)
        assert empty.look().status is SchemaStatus.OK

    def test_a_stamped_revision_that_never_ran_is_named(
        self, scratch: Scratch, newer_state: Callable[[str], SchemaState]
    ) -> None:
        scratch.sql("UPDATE alembic_version SET version_num = 'ffff00000001'")
        state = newer_state(NEWER)
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        assert "ffff00000001 was stamped there and never run" in state.summary
        assert state.command == (
            f"cd backend && .venv/bin/alembic stamp {HEAD} && .venv/bin/alembic upgrade head"
        )


class TestTheWrongPlace:
    def test_an_old_database_with_a_user_table_is_foreign(self, empty: Scratch) -> None:
        empty.sql('CREATE TABLE "user" (id serial PRIMARY KEY, email text, created_at timestamptz)')
        state = empty.look()
        assert state.status is SchemaStatus.FOREIGN
        assert "the column user.password_hash is missing" in state.summary
        assert state.command is not None
        assert state.command.startswith("change DATABASE_URL in backend/.env")

    def test_a_database_with_its_own_migrations_is_foreign(self, empty: Scratch) -> None:
        empty.sql(
            'CREATE TABLE "user" (id serial PRIMARY KEY); CREATE TABLE invoice (id int);'
            "CREATE TABLE alembic_version (version_num varchar(32));"
            "INSERT INTO alembic_version VALUES ('1975ea83b712')"
        )
        state = empty.look()
        assert state.status is SchemaStatus.FOREIGN
        assert "1975ea83b712" in state.summary
        assert '"alembic_version", "user"' in state.summary
        assert "DATABASE_SCHEMA=postern in backend/.env" in str(state.command)

    def test_another_applications_version_table_is_foreign(self, empty: Scratch) -> None:
        empty.sql(
            "CREATE TABLE invoice (id int); CREATE TABLE alembic_version (version_num text);"
            "INSERT INTO alembic_version VALUES ('1975ea83b712')"
        )
        state = empty.look()
        assert state.status is SchemaStatus.FOREIGN
        assert 'it has the table "alembic_version"' in state.summary

    def test_tables_with_other_names_do_not_matter(self, empty: Scratch) -> None:
        empty.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (7)")
        assert empty.look().status is SchemaStatus.EMPTY
        alembic("upgrade", "head", settings=empty.settings)
        assert empty.look().status is SchemaStatus.OK
        assert empty.sql("SELECT id FROM orders") == [(7,)]

    def test_tables_in_another_schema_are_found(self, scratch: Scratch) -> None:
        scratch.sql("ALTER SCHEMA public RENAME TO auth; CREATE SCHEMA public")
        state = scratch.look()
        assert state.status is SchemaStatus.WRONG_SEARCH_PATH
        assert 'Postern\'s tables are in the schema "auth"' in state.summary
        assert 'DATABASE_SCHEMA from the default is "public"' in state.summary
        assert state.command == "set DATABASE_SCHEMA=auth in backend/.env"

    def test_the_command_fixes_the_schema_setting(self, scratch: Scratch) -> None:
        scratch.sql("ALTER SCHEMA public RENAME TO auth; CREATE SCHEMA public")
        state = inspect(replace(scratch.endpoint, schema="auth"), metadata)
        assert (state.status, state.schema) == (SchemaStatus.OK, "auth")


class TestOwnSchema:
    def test_a_schema_that_does_not_exist_is_empty(self, empty: Scratch) -> None:
        state = inspect(replace(empty.endpoint, schema="auth"), metadata)
        assert state.status is SchemaStatus.EMPTY
        assert 'schema "auth"' in state.summary

    def test_the_first_migration_makes_the_schema_and_uses_it(self, empty: Scratch) -> None:
        empty.sql('CREATE TABLE "user" (id int); CREATE TABLE alembic_version (version_num text)')
        empty.sql("INSERT INTO alembic_version VALUES ('1975ea83b712')")
        alembic("upgrade", "head", settings={**empty.settings, "DATABASE_SCHEMA": "auth"})
        state = inspect(replace(empty.endpoint, schema="auth"), metadata)
        assert (state.status, state.differences) == (SchemaStatus.OK, ())
        rows = empty.sql("SELECT relname FROM pg_class WHERE relnamespace = 'auth'::regnamespace")
        assert {*metadata.tables, "alembic_version"} <= {name for (name,) in rows}
        assert empty.sql("SELECT version_num FROM public.alembic_version") == [("1975ea83b712",)]
        assert empty.sql('SELECT * FROM public."user"') == []

    def test_autogenerate_and_check_see_no_difference(self, empty: Scratch) -> None:
        settings = {**empty.settings, "DATABASE_SCHEMA": "auth"}
        alembic("upgrade", "head", settings=settings)
        assert "No new upgrade operations" in alembic("check", settings=settings)
        alembic("downgrade", "base", settings=settings)
        assert empty.sql("SELECT relname FROM pg_class WHERE relname = 'session'") == []

    def test_a_schema_name_that_needs_quotes_works(self, empty: Scratch) -> None:
        settings = {**empty.settings, "DATABASE_SCHEMA": "Order"}
        alembic("upgrade", "head", settings=settings)
        assert inspect(replace(empty.endpoint, schema="Order"), metadata).ready

    def test_a_role_that_may_not_create_it_gets_the_owners_command(self, empty: Scratch) -> None:
        empty.sql("DROP ROLE IF EXISTS limited; CREATE ROLE limited LOGIN")
        url = empty.direct.url.set(username="limited").render_as_string(hide_password=False)
        done = run_alembic(
            "upgrade", "head", settings={"DATABASE_URL": url, "DATABASE_SCHEMA": "auth"}
        )
        empty.sql("DROP ROLE limited")
        assert done.returncode != 0
        assert 'CREATE SCHEMA "auth" AUTHORIZATION "limited"' in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr

    def test_offline_sql_makes_the_schema_first(self, empty: Scratch) -> None:
        settings = {**empty.settings, "DATABASE_SCHEMA": "auth"}
        written = alembic("upgrade", "head", "--sql", settings=settings)
        made, path, table = (
            written.index(words)
            for words in ('CREATE SCHEMA IF NOT EXISTS "auth"', "SET search_path", "CREATE TABLE")
        )
        assert made < path < table


class TestLooking:
    def test_a_look_changes_nothing(self, scratch: Scratch) -> None:
        before = scratch.sql("SELECT xact_commit, tup_inserted FROM pg_stat_database")
        url = scratch.direct.url.update_query_dict(
            {"options": "-cdefault_transaction_read_only=on"}
        )
        assert inspect(type(scratch.direct)(url), metadata).status is SchemaStatus.READ_ONLY
        after = scratch.sql("SELECT xact_commit, tup_inserted FROM pg_stat_database")
        assert {row[1] for row in after} == {row[1] for row in before}

    def test_a_look_ends_in_time_while_a_migration_locks_the_tables(self, scratch: Scratch) -> None:
        migrating = connect(scratch.direct.url)
        try:
            migrating.cursor().execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
            began = time.monotonic()
            state = scratch.look()
            assert time.monotonic() - began < 20
            assert not state.ready
        finally:
            migrating.close()

    def test_an_unreachable_database_raises_no_exception(self, scratch: Scratch) -> None:
        nowhere = type(scratch.direct)(scratch.direct.url.set(database="nowhere"))
        state = inspect(nowhere, metadata)
        assert state.status is SchemaStatus.UNREACHABLE
        assert state.unreachable is not None
        assert state.unreachable.step == "database"


@pytest.fixture
def newer(scratch: Scratch, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Let a newer version of the code migrate the database."""

    def migrate(source: str) -> None:
        backend = checkout(tmp_path_factory.mktemp("newer"))
        (backend / "alembic/versions/newer.py").write_text(source.replace("{head}", HEAD))
        alembic("upgrade", "head", backend=backend, settings=scratch.settings)

    return migrate


@pytest.fixture
def newer_state(
    scratch: Scratch, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], SchemaState]:
    """What a newer version of the code finds in the database."""
    from alembic.script import ScriptDirectory

    from src.schema.migrations.history import read_history
    from src.schema.migrations.runner import alembic_config

    def look(source: str) -> SchemaState:
        backend = checkout(tmp_path_factory.mktemp("newer"))
        (backend / "alembic/versions/newer.py").write_text(source.replace("{head}", HEAD))
        scripts = ScriptDirectory.from_config(alembic_config(backend))
        models = MetaData()
        for table in metadata.sorted_tables:
            table.to_metadata(models)
        models.tables["user"].append_column(Column("nickname", metadata.tables["user"].c.name.type))
        return inspect(scratch.endpoint, models, history=read_history(scripts))

    return look
