"""Migrations: where they may run, how long others must wait for them, and what they record."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from src.models import metadata
from src.schema.migrations.history import own_history
from src.schema.migrations.runner import ADVISORY_LOCK, scripts
from src.schema.state import SchemaStatus
from tests.support.pgbouncer import PgBouncer
from tests.support.ports import free_port
from tests.support.postgres import connect
from tests.support.scratch import Scratch
from tests.support.service import (
    alembic,
    run_alembic,
    run_postern,
)

pytestmark = pytest.mark.once("migrations go to the direct endpoint")

HEAD = own_history().head
NAMES = re.compile(r"(pk|uq|ix|fk|ck)_[a-z0-9_]+")
needs_pgbouncer = pytest.mark.needs("pgbouncer")


class TestOurMigrations:
    def test_the_migrations_build_what_the_models_say(self, scratch: Scratch) -> None:
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)

    def test_a_full_downgrade_leaves_nothing_and_can_be_upgraded(self, scratch: Scratch) -> None:
        alembic("downgrade", "base", settings=scratch.settings)
        assert (
            scratch.sql(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relname NOT LIKE 'alembic_version%'"
            )
            == []
        )
        assert scratch.look().status is SchemaStatus.EMPTY
        alembic("upgrade", "head", settings=scratch.settings)
        assert scratch.look().status is SchemaStatus.OK

    def test_each_migration_can_be_downgraded_and_upgraded(self, scratch: Scratch) -> None:
        for _ in own_history().migrations:
            alembic("downgrade", "-1", settings=scratch.settings)
        for _ in own_history().migrations:
            alembic("upgrade", "+1", settings=scratch.settings)
        assert scratch.look().status is SchemaStatus.OK

    def test_every_constraint_and_index_has_a_name(self, scratch: Scratch) -> None:
        rows = scratch.sql(
            "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " AND contype <> 'n' AND conrelid <> 'alembic_version'::regclass"
            " UNION SELECT indexname FROM pg_indexes"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        names = [str(name) for (name,) in rows]
        assert len(names) >= len(metadata.tables)
        assert [name for name in names if not NAMES.fullmatch(name)] == []
        assert [name for name in names if re.match(r"(\w\w_\w+?_)\1", name)] == []

    def test_migrations_have_a_date_a_sentence_and_one_parent(self) -> None:
        assert len(scripts().get_heads()) == 1
        for script in scripts().walk_revisions():
            name = Path(script.path).name
            assert re.fullmatch(r"\d{4}(_\d\d){2}_\d{4}_[a-z0-9_]+\.py", name), name
            assert script.doc.endswith("."), script.doc

    def test_each_migrated_database_gets_its_own_instance_id(
        self, scratch: Scratch, direct: psycopg2.extensions.connection
    ) -> None:
        """The run's own database was migrated, and so was the template of `scratch`."""
        ask = "SELECT id FROM instance"
        with direct.cursor() as cursor:
            cursor.execute(ask)
            own = cursor.fetchall()
        assert [len(own), len(scratch.sql(ask))] == [1, 1]
        assert own != scratch.sql(ask)

    def test_migrations_can_be_written_as_sql(self, scratch: Scratch) -> None:
        assert "CREATE TABLE" in alembic("upgrade", "head", "--sql", settings=scratch.settings)


class TestAppliedMigrations:
    def test_an_applied_migration_is_recorded(self, scratch: Scratch) -> None:
        rows = scratch.sql("SELECT revision FROM applied_migration")
        assert {revision for (revision,) in rows} == set(own_history().revisions)

    def test_a_stamped_migration_is_not_recorded(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        alembic("stamp", "head", settings=scratch.settings, backend=next_migration("SELECT 1"))
        assert scratch.sql("SELECT version_num FROM alembic_version") == [("ffff00000001",)]
        assert ("ffff00000001",) not in scratch.sql("SELECT revision FROM applied_migration")

    def test_a_downgrade_removes_the_record(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("SELECT 1")
        alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert ("ffff00000001",) in scratch.sql("SELECT revision FROM applied_migration")
        alembic("downgrade", "-1", settings=scratch.settings, backend=backend)
        assert ("ffff00000001",) not in scratch.sql("SELECT revision FROM applied_migration")

    def test_a_failed_migration_is_not_recorded(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("CREATE TABLE half (id int); SELECT no_such_function()")
        done = run_alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert done.returncode != 0
        assert scratch.sql("SELECT to_regclass('half')") == [(None,)]
        assert scratch.look().status is SchemaStatus.OK


class TestTimeLimits:
    def test_a_migration_waits_four_seconds_for_a_lock(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("ALTER TABLE instance ADD note text")
        holder = connect(scratch.direct.url)
        try:
            holder.cursor().execute("LOCK TABLE instance IN ACCESS SHARE MODE")
            began = time.monotonic()
            done = run_alembic("upgrade", "head", settings=scratch.settings, backend=backend)
            assert 4 <= time.monotonic() - began < 30
        finally:
            holder.close()
        assert done.returncode != 0
        assert "lock timeout" in done.stdout
        assert 'uses "instance"' in done.stdout
        assert "Traceback" not in done.stderr
        assert scratch.look().status is SchemaStatus.OK

    def test_a_statement_may_run_for_five_seconds(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("SELECT pg_sleep(60)")
        began = time.monotonic()
        done = run_alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert 5 <= time.monotonic() - began < 30
        assert done.returncode != 0
        assert "statement timeout" in done.stdout
        assert "smaller steps" in done.stdout
        assert "Traceback" not in done.stderr

    def test_only_one_process_migrates_at_a_time(self, empty: Scratch) -> None:
        holder = connect(empty.direct.url)
        try:
            holder.cursor().execute(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
            with ThreadPoolExecutor() as pool:
                waiting = pool.submit(run_alembic, "upgrade", "head", settings=empty.settings)
                waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                until = time.monotonic() + 60
                while empty.sql(waits) != [(1,)]:
                    assert not waiting.done(), waiting.result().stderr
                    assert time.monotonic() < until
                    time.sleep(0.05)
                assert empty.sql("SELECT to_regclass('instance')") == [(None,)]
                holder.close()
                assert waiting.result().returncode == 0
        finally:
            holder.close()
        assert empty.look().status is SchemaStatus.OK

    def test_two_processes_at_once_succeed_and_migrate_once(self, empty: Scratch) -> None:
        with ThreadPoolExecutor() as pool:
            both = [
                pool.submit(run_alembic, "upgrade", "head", settings=empty.settings)
                for _ in range(2)
            ]
        assert [done.result().returncode for done in both] == [0, 0]
        assert empty.sql("SELECT count(*) FROM instance") == [(1,)]


class TestAPooledEndpoint:
    @needs_pgbouncer
    def test_a_pooled_endpoint_is_refused_by_proof(
        self, empty: Scratch, bouncer: PgBouncer
    ) -> None:
        pooled = empty.direct.url.set(**bouncer.address).render_as_string(hide_password=False)
        done = run_alembic("upgrade", "head", settings={"DATABASE_URL": pooled})
        assert done.returncode != 0
        said = done.stdout + done.stderr
        assert "Migrations are refused" in said
        assert "transaction pooler" in said
        assert "DATABASE_URL_UNPOOLED" in said
        assert "Traceback" not in said
        assert empty.look().status is SchemaStatus.EMPTY

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            (
                "postgresql://app:pw-secret@ep-cool-1-pooler.eu.aws.neon.tech/db",
                "Neon's PgBouncer",
            ),
            (
                "postgresql://app:pw-secret@aws-0.pooler.supabase.com:6543/db",
                "Supabase's transaction pooler",
            ),
        ],
    )
    def test_a_pooled_endpoint_is_refused_by_its_name(self, url: str, why: str) -> None:
        settings = {"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url}
        done = run_alembic("upgrade", "head", settings=settings)
        assert done.returncode != 0
        assert why in done.stdout
        assert "pw-secret" not in done.stdout + done.stderr


class TestAnUnreachableEndpoint:
    def test_an_unreachable_endpoint_is_shown_with_step_and_fix(self) -> None:
        url = f"postgresql://app:pw-secret@127.0.0.1:{free_port()}/db"
        done = run_alembic("upgrade", "head", settings={"DATABASE_URL": url})
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert "nothing listens on 127.0.0.1" in said
        assert "DATABASE_URL in the process environment" in said
        assert "pw-secret" not in said
        assert "Traceback" not in said


class TestWritingAMigration:
    def test_a_new_migration_has_a_date_passes_lint_and_runs(
        self, scratch: Scratch, backend: Path
    ) -> None:
        user = backend / "src/models/user.py"
        added = "    name: str | None = Field(default=None, sa_type=Text)\n"
        source = user.read_text()
        assert added in source
        new = "    nickname: str | None = Field(default=None, sa_type=Text, unique=True)\n"
        user.write_text(source.replace(added, added + new))
        before = set((backend / "alembic/versions").glob("*.py"))
        alembic(
            *("revision", "--autogenerate", "-m", "Give people a nickname"),
            settings=scratch.settings, backend=backend,
        )  # fmt: skip
        (written,) = set((backend / "alembic/versions").glob("*.py")) - before
        assert re.fullmatch(r"\d{4}_\d\d_\d\d_\d{4}_give_people_a_nickname\.py", written.name)
        assert 'op.f("uq_user_nickname")' in written.read_text()
        self.assert_clean(written, backend)
        alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert "No new" in alembic("check", settings=scratch.settings, backend=backend)
        alembic("downgrade", "-1", settings=scratch.settings, backend=backend)
        assert scratch.look().status is SchemaStatus.OK

    def assert_clean(self, written: Path, backend: Path) -> None:
        for command in (("format", "--check"), ("check", "--no-cache")):
            done = subprocess.run(
                (sys.executable, "-m", "ruff", *command, str(written)),
                cwd=backend, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{done.stdout}\n{written.read_text()}"


class TestOutputOfMigrating:
    def test_migrating_names_each_migration_and_the_revision(self, empty: Scratch) -> None:
        done = run_postern("migrate", settings=empty.settings)
        applied = [f"Applied {migration}." for migration in own_history().migrations]
        assert done.stdout.splitlines()[:-1] == applied
        assert done.stdout.endswith(f" is at {own_history().head}.\n")
        assert f"/{empty.name}" in done.stdout
        again = run_postern("migrate", settings=empty.settings)
        assert again.stdout == done.stdout.splitlines(keepends=True)[-1]

    def test_all_our_own_migrations_are_safe_to_apply_automatically(self, empty: Scratch) -> None:
        done = run_postern("migrate", "--only-safe", settings=empty.settings)
        assert done.returncode == 0, done.stderr
        assert empty.look().status is SchemaStatus.OK

    def test_no_migration_is_written_while_the_database_is_behind(self, empty: Scratch) -> None:
        done = run_alembic("revision", "--autogenerate", "-m", "x", settings=empty.settings)
        assert done.returncode != 0
        assert "To fix it: make migrate" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
