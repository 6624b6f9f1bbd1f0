"""Migrations that drop something: what is ours to drop, and who may apply it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from src.models import metadata
from src.schema.migrations.history import Piece, own_history, read_history
from src.schema.migrations.runner import alembic_config
from src.schema.ours import Ours
from src.schema.state import SchemaStatus
from tests.support.migration import NEXT, add_migration
from tests.support.scratch import Scratch
from tests.support.service import (
    alembic,
    migrate,
    run_postern,
    service,
)

pytestmark = pytest.mark.once("migrations go to the direct endpoint")

HEAD = own_history().head

FOREIGN = """
CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 100);
CREATE INDEX ix_orders_total ON orders (total);
ALTER TABLE "user" ADD COLUMN shoe_size int, ADD CONSTRAINT ck_shoe CHECK (shoe_size > 0);
ALTER TABLE "user" ADD COLUMN order_id int REFERENCES orders (id) UNIQUE;
CREATE INDEX ix_user_shoe_size ON "user" (shoe_size); CREATE INDEX ix_theirs ON "user" (name)
"""
"""Objects of another application beside our tables, and on one of them."""


@pytest.fixture
def write_migration(scratch: Scratch, backend: Path) -> Callable[..., tuple[Path, str]]:
    """`make migration` after this change of the models: the file, and the output."""

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


class TestTablesOfOthers:
    def test_a_written_migration_drops_nothing_of_others(
        self, scratch: Scratch, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        scratch.sql(FOREIGN)
        written, said = write_migration(add=f"{NAME} -> {NAME}{NICKNAME}")
        upgrade = written.read_text().partition("def upgrade")[2].partition("def downgrade")[0]
        assert "add_column" in upgrade
        assert "drop" not in upgrade
        assert "alter" not in upgrade
        assert "WARNING" not in said

    def test_columns_of_others_are_no_difference(self, scratch: Scratch) -> None:
        scratch.sql(FOREIGN)
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)

    def test_a_column_of_others_that_refuses_our_writes_is_found(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" ADD COLUMN tenant int NOT NULL')
        assert "No new upgrade operations" in alembic("check", settings=scratch.settings)
        state = scratch.look()
        assert state.status is SchemaStatus.DRIFTED
        assert "the column user.tenant is extra" in state.summary


class TestOurOwnTables:
    def test_a_column_without_a_model_is_dropped_with_a_warning(
        self, scratch: Scratch, backend: Path, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        written, said = write_migration(drop=f"{NAME} -> ")
        assert 'op.drop_column("user", "name")' in written.read_text()
        assert f"WARNING: {written.name} drops the column user.name." in said
        assert "renamed" not in said
        downgrade = written.read_text().partition("def downgrade")[2]
        assert "# What upgrade() drops is empty after a downgrade" in downgrade
        alembic("upgrade", "head", settings=scratch.settings, backend=backend)
        down = alembic("downgrade", "-1", settings=scratch.settings, backend=backend)
        assert "What it removed is back, but empty: it drops the column user.name." in down

    def test_a_possible_rename_gets_a_hint(
        self, write_migration: Callable[..., tuple[Path, str]]
    ) -> None:
        _, said = write_migration(rename=f"{NAME} -> {NICKNAME}")
        assert "Was user.name renamed to nickname?" in said
        assert 'op.alter_column("user", "name", new_column_name="nickname")' in said

    def test_columns_of_a_renamed_table_are_ours(
        self, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("ALTER TABLE instance ADD COLUMN note text")
        rename = 'op.rename_table("instance", "place")'
        add_migration(backend, revision="ffff00000002", follows=NEXT, code=rename)
        config = alembic_config(backend)
        ours = Ours(metadata, read_history(ScriptDirectory.from_config(config)))
        assert {"instance", "place", "alembic_version"} <= ours.tables
        assert "orders" not in ours.tables
        assert ours.may_drop(Piece("column", "place", "created_at"))
        assert ours.may_drop(Piece("column", "instance", "note"))
        assert not ours.may_drop(Piece("column", "place", "elsewhere"))


class TestAMigrationThatDrops:
    """It is applied only when somebody asks for it."""

    @pytest.fixture
    def orders(self, scratch: Scratch) -> Scratch:
        scratch.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        return scratch

    def assert_kept(self, database: Scratch) -> None:
        assert database.sql("SELECT id FROM orders") == [(1,)]
        assert database.sql("SELECT version_num FROM alembic_version") == [(HEAD,)]

    def test_a_dropping_migration_is_not_applied_at_the_start(
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
            migrate(settings=orders.settings, backend=backend)
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
    def test_a_drop_is_found_however_it_is_written(
        self, orders: Scratch, backend: Path, body: str, why: str
    ) -> None:
        add_migration(backend, code=body)
        done = run_postern("migrate", "--only-safe", settings=orders.settings, backend=backend)
        assert done.returncode == 1
        assert why in done.stderr
        assert "Traceback" not in done.stderr
        self.assert_kept(orders)
        migrate(settings=orders.settings, backend=backend)
        assert orders.sql("SELECT to_regclass('orders')") == [(None,)]

    def test_a_dropping_migration_also_stops_those_before_it(
        self, empty: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("DROP TABLE IF EXISTS orders")
        done = run_postern("migrate", "--only-safe", settings=empty.settings, backend=backend)
        assert done.returncode == 1
        assert "ffff00000001 (Do something) drops the table orders" in done.stderr
        assert empty.sql("SELECT to_regclass('instance')") == [(None,)]

    def test_dropping_what_the_same_run_has_made_is_applied(
        self, empty: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("DROP TABLE failure_streak")
        migrate("--only-safe", settings=empty.settings, backend=backend)
        assert empty.sql("SELECT version_num FROM alembic_version") == [("ffff00000001",)]
