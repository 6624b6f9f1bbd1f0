"""Each difference of a schema is named, with the SQL that fixes it."""

import shlex
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from src.database.origin import Endpoint
from src.models import metadata
from src.schema.migrations.history import own_history
from src.schema.state import DifferenceKind, SchemaState, SchemaStatus, inspect
from tests.support.scratch import Scratch, only

HEAD = own_history().head
FIRST = own_history().migrations[0]
TWO_USERS = """
INSERT INTO "user" (email, email_key, password_hash, created_at, updated_at)
VALUES ('a@example.com', 'a@example.com', 'x', now(), now()),
       ('b@example.com', 'b@example.com', 'x', now(), now())
"""


def run(state: SchemaState, scratch: Scratch) -> None:
    """Run the SQL of the psql command."""
    *_, option, statements = shlex.split(str(state.command))
    assert option == "-c"
    scratch.sql(statements)


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

    def test_the_sql_fixes_a_table_with_rows(self, scratch: Scratch) -> None:
        scratch.sql(TWO_USERS)
        scratch.sql(
            'ALTER TABLE "user" DROP COLUMN password_hash, DROP COLUMN created_at;'
            "DROP TABLE endpoint_probe"
        )
        state = scratch.look()
        assert state.status is SchemaStatus.RECORDED_BUT_MISSING
        for item in state.differences:
            assert item.sql is not None
            scratch.sql(item.sql)
        assert scratch.look().status is SchemaStatus.OK
        filled = "SELECT password_hash, created_at > now() - interval '1 hour' FROM \"user\""
        assert scratch.sql(filled) == [("", True), ("", True)]

    def test_a_column_that_needs_a_value_per_row_is_fixed_in_two_steps(
        self, scratch: Scratch
    ) -> None:
        scratch.sql(TWO_USERS)
        scratch.sql('ALTER TABLE "user" DROP COLUMN email_key')
        state = scratch.look()
        assert "need their own values for user.email_key" in state.summary
        run(state, scratch)

        scratch.sql('UPDATE "user" SET email_key = email')
        state = scratch.look()
        assert only(state).kind is DifferenceKind.DIFFERENT_NULLABILITY
        run(state, scratch)
        assert scratch.look().status is SchemaStatus.OK

    def test_the_bundled_database_is_fixed_with_its_own_psql(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" DROP COLUMN password_hash')
        state = inspect(Endpoint(scratch.direct.url), metadata)
        program = shlex.split(str(state.command))[0]
        assert Path(program).is_absolute()
        assert str(scratch.look().command).startswith("psql ")
        subprocess.run(shlex.split(str(state.command)), check=True)
        assert scratch.look().status is SchemaStatus.OK


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

    @pytest.mark.parametrize("drift", sorted(DRIFTS.keys() - {"column that nobody fills"}))
    def test_the_sql_fixes_the_drift(self, scratch: Scratch, drift: str) -> None:
        scratch.sql(DRIFTS[drift][0])
        sql = only(scratch.look()).sql
        assert sql is not None
        assert sql in str(scratch.look().command).replace("'\"'\"'", "'")
        scratch.sql(sql)
        assert scratch.look().status is SchemaStatus.OK

    def test_no_command_drops_a_column(self, scratch: Scratch) -> None:
        scratch.sql('ALTER TABLE "user" ADD age int NOT NULL')
        assert only(scratch.look()).sql is None
        assert "DROP" not in str(scratch.look().command)

    def test_a_model_without_a_migration_needs_one(self, scratch: Scratch) -> None:
        models = MetaData()
        for table in metadata.sorted_tables:
            table.to_metadata(models)
        Table("badge", models, Column("id", Integer, primary_key=True))
        state = inspect(scratch.endpoint, models)
        assert state.status is SchemaStatus.DRIFTED
        assert "no migration adds it" in state.summary
        assert str(state.command).startswith("make migration m=")
