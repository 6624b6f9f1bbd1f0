"""Migrations: where they may run, how long they may hold things up, and what they leave behind."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from alembic.script import ScriptDirectory

from src.database.commands import MERGE
from src.database.migration_history import Piece, own_history, read_history
from src.database.migrations import ADVISORY_LOCK, alembic_config, scripts
from src.database.ours import Ours
from src.database.schema_state import SchemaStatus
from src.models import metadata
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.ports import free_port
from tests.support.postgres import connect
from tests.support.scratch import Scratch
from tests.support.service import (
    alembic,
    checkout,
    postern,
    run_alembic,
    run_postern,
    service,
)

HEAD = own_history().head
NAMES = re.compile(r"(pk|uq|ix|fk|ck)_[a-z0-9_]+")
NEXT = '''"""Do something."""
from alembic import op
revision = "ffff00000001"
down_revision = "{head}"
branch_labels = depends_on = None
def upgrade() -> None:
    op.execute("{sql}")
def downgrade() -> None:
    pass
'''

needs_pgbouncer = pytest.mark.needs("pgbouncer")


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    return checkout(tmp_path / "postern")


@pytest.fixture
def next_migration(backend: Path) -> Callable[[str], Path]:
    """Adds a migration that runs this SQL to the checkout."""

    def write(sql: str) -> Path:
        source = NEXT.replace("{head}", HEAD).replace("{sql}", sql)
        (backend / "alembic/versions/2099_01_01_0000_next.py").write_text(source)
        return backend

    return write


class TestTheMigrationsAsTheyAre:
    def test_build_what_the_models_say(self, scratch: Scratch) -> None:
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)

    def test_leave_nothing_when_they_go_down_and_go_up_again(self, scratch: Scratch) -> None:
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

    def test_each_go_down_and_up_by_themselves(self, scratch: Scratch) -> None:
        for _ in own_history().migrations:
            alembic("downgrade", "-1", settings=scratch.settings)
        for _ in own_history().migrations:
            alembic("upgrade", "+1", settings=scratch.settings)
        assert scratch.look().status is SchemaStatus.OK

    def test_name_every_constraint_and_index(self, scratch: Scratch) -> None:
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

    def test_have_a_date_and_a_sentence_and_one_line_of_descent(self) -> None:
        assert len(scripts().get_heads()) == 1
        for script in scripts().walk_revisions():
            name = Path(script.path).name
            assert re.fullmatch(r"\d{4}(_\d\d){2}_\d{4}_[a-z0-9_]+\.py", name), name
            assert script.doc.endswith("."), script.doc

    def test_write_one_instance_id_that_is_new_each_time(
        self, scratch: Scratch, direct: psycopg2.extensions.connection
    ) -> None:
        """The run's own database was migrated, and so was the one that `scratch` is a copy of."""
        ask = "SELECT id FROM instance"
        with direct.cursor() as cursor:
            cursor.execute(ask)
            own = cursor.fetchall()
        assert [len(own), len(scratch.sql(ask))] == [1, 1]
        assert own != scratch.sql(ask)

    def test_can_be_read_as_sql(self, scratch: Scratch) -> None:
        assert "CREATE TABLE" in alembic("upgrade", "head", "--sql", settings=scratch.settings)


class TestWhatIsRecorded:
    def test_a_migration_that_ran(self, scratch: Scratch) -> None:
        rows = scratch.sql("SELECT revision FROM applied_migration")
        assert {revision for (revision,) in rows} == set(own_history().revisions)

    def test_not_one_that_was_stamped(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        alembic("stamp", "head", settings=scratch.settings, backend=next_migration("SELECT 1"))
        assert scratch.sql("SELECT version_num FROM alembic_version") == [("ffff00000001",)]
        assert ("ffff00000001",) not in scratch.sql("SELECT revision FROM applied_migration")

    def test_no_more_when_it_went_down(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("SELECT 1")
        alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert ("ffff00000001",) in scratch.sql("SELECT revision FROM applied_migration")
        alembic("downgrade", "-1", settings=scratch.settings, backend=backend)
        assert ("ffff00000001",) not in scratch.sql("SELECT revision FROM applied_migration")

    def test_nothing_of_one_that_failed(
        self, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("CREATE TABLE half (id int); SELECT no_such_function()")
        done = run_alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        assert done.returncode != 0
        assert scratch.sql("SELECT to_regclass('half')") == [(None,)]
        assert scratch.look().status is SchemaStatus.OK


class TestHowLongTheyMayHoldThingsUp:
    def test_a_lock_is_waited_for_four_seconds(
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

    def test_a_statement_runs_five_seconds(
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

    def test_two_at_once_both_succeed_and_it_is_done_once(self, empty: Scratch) -> None:
        with ThreadPoolExecutor() as pool:
            both = [
                pool.submit(run_alembic, "upgrade", "head", settings=empty.settings)
                for _ in range(2)
            ]
        assert [done.result().returncode for done in both] == [0, 0]
        assert empty.sql("SELECT count(*) FROM instance") == [(1,)]


class TestAPooledEndpoint:
    @needs_pgbouncer
    def test_is_refused_by_proof(self, empty: Scratch, bouncer: PgBouncer) -> None:
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
    def test_is_refused_by_name(self, url: str, why: str) -> None:
        settings = {"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url}
        done = run_alembic("upgrade", "head", settings=settings)
        assert done.returncode != 0
        assert why in done.stdout
        assert "pw-secret" not in done.stdout + done.stderr


class TestAnEndpointThatCannotBeReached:
    def test_is_told_with_its_step_and_what_to_do(self) -> None:
        url = f"postgresql://app:pw-secret@127.0.0.1:{free_port()}/db"
        done = run_alembic("upgrade", "head", settings={"DATABASE_URL": url})
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert "nothing listens on 127.0.0.1" in said
        assert "DATABASE_URL in the process environment" in said
        assert "pw-secret" not in said
        assert "Traceback" not in said


FOREIGN = """
CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 100);
CREATE INDEX ix_orders_total ON orders (total);
ALTER TABLE "user" ADD COLUMN shoe_size int, ADD CONSTRAINT ck_shoe CHECK (shoe_size > 0);
ALTER TABLE "user" ADD COLUMN order_id int REFERENCES orders (id) UNIQUE;
CREATE INDEX ix_user_shoe_size ON "user" (shoe_size); CREATE INDEX ix_theirs ON "user" (name)
"""
"""What another application keeps beside our tables, and on one of them."""


@pytest.fixture
def write_migration(scratch: Scratch, backend: Path) -> Callable[..., tuple[Path, str]]:
    """`make migration` after this change of the models: the file, and what was said."""

    def write(**changes: str) -> tuple[Path, str]:
        user = backend / "src/models/user.py"
        source = user.read_text()
        for old, new in (change.split(" -> ") for change in changes.values()):
            assert old in source
            source = source.replace(old, new)
        user.write_text(source)
        before = set((backend / "alembic/versions").glob("*.py"))
        said = alembic(
            *("revision", "--autogenerate", "-m", "Change something"),
            settings=scratch.settings, backend=backend,
        )  # fmt: skip
        (written,) = set((backend / "alembic/versions").glob("*.py")) - before
        return written, said

    return write


NAME = "    name: str | None = Field(default=None, sa_type=Text)\n"
NICKNAME = "    nickname: str | None = Field(default=None, sa_type=Text)\n"


class TestWhatIsNotOurs:
    def test_is_not_dropped_by_a_migration_that_is_written(
        self, scratch: Scratch, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        scratch.sql(FOREIGN)
        written, said = write_migration(add=f"{NAME} -> {NAME}{NICKNAME}")
        upgrade = written.read_text().partition("def upgrade")[2].partition("def downgrade")[0]
        assert "add_column" in upgrade
        assert "drop" not in upgrade
        assert "alter" not in upgrade
        assert "WARNING" not in said

    def test_is_no_difference(self, scratch: Scratch) -> None:
        scratch.sql(FOREIGN)
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)

    def test_is_still_found_where_it_refuses_our_writes(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" ADD COLUMN tenant int NOT NULL')
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)
        state = scratch.look()
        assert state.status is SchemaStatus.DRIFTED
        assert "the column user.tenant is extra" in state.summary


class TestWhatIsOurs:
    def test_is_dropped_where_the_models_lack_it_and_that_is_said(
        self, scratch: Scratch, backend: Path, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        written, said = write_migration(drop=f"{NAME} -> ")
        assert 'op.drop_column("user", "name")' in written.read_text()
        assert f"WARNING: {written.name} drops the column user.name." in said
        assert "renamed" not in said
        downgrade = written.read_text().partition("def downgrade")[2]
        assert "# What upgrade() drops comes back empty" in downgrade
        alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        down = alembic("downgrade", "-1", settings=scratch.settings, backend=backend)
        assert "What it removed comes back empty: it drops the column user.name." in down

    def test_gets_a_hint_at_a_rename(
        self, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        _, said = write_migration(rename=f"{NAME} -> {NICKNAME}")
        assert "Was user.name renamed to nickname?" in said
        assert 'op.alter_column("user", "name", new_column_name="nickname")' in said

    def test_is_what_a_migration_added_to_a_table_of_another_name(
        self, next_migration: Callable[[str], Path]
    ) -> None:
        source = "ALTER TABLE instance ADD COLUMN note text"
        backend = next_migration(source)
        (backend / "alembic/versions/2099_01_02_0000_rename.py").write_text(
            NEXT.replace("{head}", "ffff00000001")
            .replace('"ffff00000001"', '"ffff00000002"', 1)
            .replace('op.execute("{sql}")', 'op.rename_table("instance", "place")')
        )
        config = alembic_config(backend)
        ours = Ours(metadata, read_history(ScriptDirectory.from_config(config)))
        assert {"instance", "place", "alembic_version"} <= ours.tables
        assert "orders" not in ours.tables
        assert ours.may_drop(Piece("column", "place", "created_at"))
        assert ours.may_drop(Piece("column", "instance", "note"))
        assert not ours.may_drop(Piece("column", "place", "elsewhere"))


class TestAMigrationThatDrops:
    """Only somebody who asks for it applies it."""

    @pytest.fixture
    def orders(self, scratch: Scratch) -> Scratch:
        scratch.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        return scratch

    def assert_kept(self, database: Scratch) -> None:
        assert database.sql("SELECT id FROM orders") == [(1,)]
        assert database.sql("SELECT version_num FROM alembic_version") == [(HEAD,)]

    def test_is_not_applied_at_the_start_and_the_service_stays_up(
        self, tmp_path: Path, orders: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("drop table orders")
        settings = {**orders.settings, "AUTO_MIGRATE": "on"}
        with service(tmp_path, settings, backend=backend) as running:
            running.wait_logged("It was not migrated at the start", "drops the table orders")
            answer = running.readiness()
            assert answer.status_code == 503
            assert answer.json()["code"] == "schema_mismatch"
            for words in ("ffff00000001 (Do something)", "drops the table orders", "make migrate"):
                assert words in answer.json()["detail"]
            assert running.client.get("/livez").status_code == 200
            self.assert_kept(orders)
            postern("migrate", settings=orders.settings, backend=backend)
            running.wait_ready()
        assert orders.sql("SELECT to_regclass('orders')") == [(None,)]

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            ('op.drop_table("orders")', "drops the table orders"),
            ('op.get_bind().execute(sa.text("DROP TABLE orders"))', "asks the database"),
            ('sa.inspect(op.get_bind()); op.drop_table("orders")', "asks the database"),
            ('op.get_bind() and op.drop_table("orders")', "asks the database"),
        ],
    )
    def test_is_seen_however_it_is_written(
        self, orders: Scratch, next_migration: Callable[[str], Path], body: str, why: str
    ) -> None:
        backend = next_migration("SELECT 1")
        path = backend / "alembic/versions/2099_01_01_0000_next.py"
        path.write_text(
            path.read_text()
            .replace('op.execute("SELECT 1")', body)
            .replace("from alembic", "import sqlalchemy as sa\nfrom alembic")
        )
        done = run_postern("migrate", "--only-safe", settings=orders.settings, backend=backend)
        assert done.returncode == 1
        assert why in done.stderr
        assert "Traceback" not in done.stderr
        self.assert_kept(orders)
        postern("migrate", settings=orders.settings, backend=backend)
        assert orders.sql("SELECT to_regclass('orders')") == [(None,)]

    def test_keeps_those_before_it_from_being_applied_too(
        self, empty: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("DROP TABLE IF EXISTS orders")
        done = run_postern("migrate", "--only-safe", settings=empty.settings, backend=backend)
        assert done.returncode == 1
        assert "ffff00000001 (Do something) drops the table orders" in done.stderr
        assert empty.sql("SELECT to_regclass('instance')") == [(None,)]

    def test_is_applied_where_the_same_run_makes_what_it_drops(
        self, empty: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("DROP TABLE failure_streak")
        postern("migrate", "--only-safe", settings=empty.settings, backend=backend)
        assert empty.sql("SELECT version_num FROM alembic_version") == [("ffff00000001",)]


class TestTwoHeads:
    @pytest.fixture
    def branched(self, next_migration: Callable[[str], Path]) -> Path:
        """Two migrations that both follow the newest one."""
        backend = next_migration("ALTER TABLE instance ADD one int")
        other = NEXT.replace("{head}", HEAD).replace("{sql}", "ALTER TABLE instance ADD two int")
        other = other.replace("ffff00000001", "eeee00000001")
        (backend / "alembic/versions/2099_01_02_0000_other.py").write_text(other)
        return backend

    def test_are_refused_with_the_merge(self, scratch: Scratch, branched: Path) -> None:
        done = run_postern("migrate", settings=scratch.settings, backend=branched)
        assert done.returncode == 1
        for words in ("ffff00000001 (Do something)", "eeee00000001", MERGE):
            assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert scratch.sql("SELECT version_num FROM alembic_version") == [(HEAD,)]

    @pytest.mark.parametrize("applied", [HEAD, "ffff00000001", "eeee00000001"])
    def test_are_named_by_a_service_until_they_are_merged(
        self, tmp_path: Path, scratch: Scratch, branched: Path, applied: str
    ) -> None:
        alembic("upgrade", applied, settings=scratch.settings, backend=branched)
        settings = {**scratch.settings, "AUTO_MIGRATE": "on"}
        with service(tmp_path, settings, backend=branched) as running:
            running.wait_logged("Two migrations claim to be the newest", f"To mend it: {MERGE}")
            answer = running.readiness()
            assert answer.status_code == 503
            assert "Two migrations claim to be the newest" in answer.json()["detail"]
            assert MERGE in answer.json()["detail"]
            assert "make migrate" not in running.log
        alembic("merge", "heads", "-m", "join two branches", settings={}, backend=branched)
        with service(tmp_path, settings, backend=branched, name="merged") as running:
            running.wait_ready()


class TestWritingOne:
    def test_gives_a_dated_file_that_lint_accepts_and_that_runs(
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


class TestWhatMigratingSays:
    def test_it_names_each_migration_and_where_the_database_is(self, empty: Scratch) -> None:
        done = run_postern("migrate", settings=empty.settings)
        applied = [f"Applied {migration}." for migration in own_history().migrations]
        assert done.stdout.splitlines()[:-1] == applied
        assert done.stdout.endswith(f" is at {own_history().head}.\n")
        assert f"/{empty.name}" in done.stdout
        again = run_postern("migrate", settings=empty.settings)
        assert again.stdout == done.stdout.splitlines(keepends=True)[-1]

    def test_all_our_own_are_applied_where_nobody_asked(self, empty: Scratch) -> None:
        done = run_postern("migrate", "--only-safe", settings=empty.settings)
        assert done.returncode == 0, done.stderr
        assert empty.look().status is SchemaStatus.OK

    def test_nothing_is_written_while_the_database_is_behind(self, empty: Scratch) -> None:
        done = run_alembic("revision", "--autogenerate", "-m", "x", settings=empty.settings)
        assert done.returncode != 0
        assert "To fix it: make migrate" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


class TestMigratingAtTheStart:
    def test_two_services_at_once_do_it_once_and_both_become_ready(
        self, tmp_path: Path, empty: Scratch
    ) -> None:
        settings = {**empty.settings, "AUTO_MIGRATE": "on"}
        with (
            service(tmp_path, settings, name="one") as one,
            service(tmp_path, settings, name="two") as two,
        ):
            one.wait_ready()
            two.wait_ready()
        assert empty.sql("SELECT count(*) FROM instance") == [(1,)]

    def test_is_off_unless_it_was_asked_for(self, tmp_path: Path, empty: Scratch) -> None:
        with service(tmp_path, {**empty.settings, "AUTO_MIGRATE": "off"}) as running:
            running.wait_logged("is empty", "make migrate")
            assert running.readiness().json()["code"] == "schema_mismatch"
            assert empty.look().status is SchemaStatus.EMPTY
            alembic("upgrade", "head", settings=empty.settings)
            running.wait_ready()

    def test_that_fails_stops_no_service_and_is_told(
        self, tmp_path: Path, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("UPDATE instance SET no_such_column = 1")
        settings = {**scratch.settings, "AUTO_MIGRATE": "on"}
        with service(tmp_path, settings, backend=backend) as running:
            running.wait_logged("Migrating it at the start failed", "no_such_column")
            answer = running.readiness()
            assert answer.status_code == 503
            detail = answer.json()["detail"]
            assert "no_such_column" in detail
            assert (detail.count("To mend it: "), detail.count("To fix it: ")) == (1, 0)
            assert detail.endswith(
                "To mend it: correct the migration in backend/alembic/versions, then: make migrate"
            )
            assert running.client.get("/livez").status_code == 200
            running.wait(lambda: True)
            assert running.log.count("Migrating it at the start failed") == 1

    @needs_pgbouncer
    def test_on_a_pooled_address_alone_is_refused_and_told(
        self, tmp_path: Path, empty: Scratch, bouncer: PgBouncer
    ) -> None:
        pooled = empty.direct.url.set(**bouncer.address).render_as_string(hide_password=False)
        with service(tmp_path, {"DATABASE_URL": pooled, "AUTO_MIGRATE": "on"}) as running:
            running.wait_logged("Migrations are refused", "DATABASE_URL_UNPOOLED")
            assert running.readiness().status_code == 503
        assert empty.look().status is SchemaStatus.EMPTY

    def test_never_migrates_another_database_than_the_apps(
        self, tmp_path: Path, empty: Scratch, database: Callable[..., Scratch]
    ) -> None:
        other = database(migrated=False)
        settings = {
            "DATABASE_URL": empty.settings["DATABASE_URL"],
            "DATABASE_URL_UNPOOLED": other.settings["DATABASE_URL_UNPOOLED"],
            "AUTO_MIGRATE": "on",
        }
        with service(tmp_path, settings) as running:
            running.wait_logged("It was not migrated at the start", "is another database")
        assert other.look().status is SchemaStatus.EMPTY
        assert empty.look().status is SchemaStatus.EMPTY


class TestARoleWithoutRights:
    @pytest.fixture
    def postgres(self) -> Iterator[OwnPostgres]:
        server = ready_made()
        yield server
        server.close()

    def test_cannot_migrate_and_is_told_why(self, tmp_path: Path, postgres: OwnPostgres) -> None:
        postgres.sql("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        url = postgres.url(username="weak", password="weak").render_as_string(hide_password=False)
        with service(tmp_path, {"DATABASE_URL": url, "AUTO_MIGRATE": "on"}) as running:
            running.wait_logged("Migrating it at the start failed", "permission denied")
            answer = running.readiness()
            assert answer.status_code == 503
            assert 'GRANT USAGE, CREATE ON SCHEMA "public" TO "weak"' in answer.json()["detail"]
