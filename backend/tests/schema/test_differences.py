"""Each difference of a schema is named, with the migration that shows what is right."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from src.models import metadata
from src.schema.migrations.history import own_history
from src.schema.state import DifferenceKind, SchemaStatus, inspect
from tests.support.scratch import Scratch, only
from tests.support.service import alembic

HEAD = own_history().head
FIRST = own_history().migrations[0]


class TestRecordedButMissing:
    def test_a_column_is_named_with_the_migration_that_adds_it(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" DROP COLUMN password_hash')
        state = scratch.look()
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        assert only(state).kind is DifferenceKind.MISSING_COLUMN
        assert (only(state).table, only(state).column) == ("user", "password_hash")
        assert only(state).migration == FIRST
        assert f"records revision {HEAD}" in state.summary
        assert f"the column user.password_hash is missing, which migration {FIRST}" in state.summary

    def test_the_fix_prints_the_sql_of_its_migrations(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" DROP COLUMN password_hash')
        fix, _, commands = str(scratch.look().command).partition(": ")
        added, changed = (
            alembic(*command.partition(".venv/bin/alembic ")[2].split(), settings=scratch.settings)
            for command in commands.split("; ")
        )
        assert fix == "restore it from a backup, or add it as its migration does"
        assert "password_hash TEXT NOT NULL" in added
        assert "ALTER COLUMN password_hash DROP NOT NULL" in changed

    def test_each_lost_piece_has_its_migration(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" DROP COLUMN name; DROP TABLE endpoint_probe, upkeep_job')
        state = scratch.look()
        migrations = {item.migration.revision for item in state.differences if item.migration}
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        assert all(f":{revision} --sql" in str(state.command) for revision in migrations)
        assert len(migrations) == str(state.command).count("--sql") > 1


DRIFTS = {
    "type": ('ALTER TABLE "user" ALTER name TYPE varchar(9)', DifferenceKind.DIFFERENT_TYPE),
    "loosened": (
        'ALTER TABLE "user" ALTER email DROP NOT NULL',
        DifferenceKind.DIFFERENT_NULLABILITY,
    ),
    "tightened": (
        'ALTER TABLE "user" ALTER name SET NOT NULL',
        DifferenceKind.DIFFERENT_NULLABILITY,
    ),
    "unique": (
        'ALTER TABLE "user" DROP CONSTRAINT uq_user_email_key',
        DifferenceKind.MISSING_CONSTRAINT,
    ),
    "check": (
        "ALTER TABLE instance DROP CONSTRAINT ck_instance_only_row",
        DifferenceKind.MISSING_CONSTRAINT,
    ),
    "primary key": (
        "ALTER TABLE session DROP CONSTRAINT pk_session",
        DifferenceKind.MISSING_CONSTRAINT,
    ),
    "identity": ('ALTER TABLE "user" ALTER id DROP IDENTITY', DifferenceKind.DIFFERENT_DEFAULT),
    "column that nobody fills": (
        'ALTER TABLE "user" ADD age int NOT NULL',
        DifferenceKind.EXTRA_COLUMN,
    ),
    "extra unique": (
        'ALTER TABLE "user" ADD CONSTRAINT one_name UNIQUE (name)',
        DifferenceKind.EXTRA_CONSTRAINT,
    ),
}


class TestDrift:
    @pytest.mark.parametrize(("statement", "kind"), DRIFTS.values(), ids=DRIFTS)
    def test_drift_is_named_and_stops_the_service(
        self, scratch: Scratch, statement: str, kind: DifferenceKind
    ) -> None:
        scratch.sql(statement)
        state = scratch.look()
        assert state.status is SchemaStatus.DRIFTED
        assert not state.ready
        assert only(state).kind is kind
        assert only(state).subject in state.summary

    @pytest.mark.parametrize(("statement", "kind"), DRIFTS.values(), ids=DRIFTS)
    def test_has_to_be_undone(self, scratch: Scratch, statement: str, kind: DifferenceKind) -> None:
        scratch.sql(statement)
        state = scratch.look()
        command = str(state.command)
        shown = only(state).migration is not None
        assert shown == (not kind.startswith("extra_"))
        assert command.startswith("undo that change in the database")
        assert command.endswith("--sql") == shown
        assert "DROP" not in command

    def test_a_model_without_a_migration_needs_one(self, scratch: Scratch) -> None:
        models = MetaData()
        for table in metadata.sorted_tables:
            table.to_metadata(models)
        Table("badge", models, Column("id", Integer, primary_key=True))
        state = inspect(scratch.endpoint, models)
        assert state.status is SchemaStatus.DRIFTED
        assert "no migration adds it" in state.summary
        assert str(state.command).startswith("make migration m=")
