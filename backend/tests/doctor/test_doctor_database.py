"""Which database it is, and what it holds."""

import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from src.database.origin import Endpoint
from src.doctor.checks.identity import described
from src.doctor.checks.schema import CONDITIONS
from src.doctor.rendering import Page, render
from src.doctor.report import Fine, NotExamined
from src.doctor.shown import address
from src.schema.command_lines import MERGE
from src.schema.migrations.history import own_history
from src.schema.state import SchemaStatus
from tests.support import databases
from tests.support.checkout import Copy
from tests.support.migration import add_migration
from tests.support.pgbouncer import PgBouncer

ONE_DATABASE = "Both endpoints are one database"
NO_COPY = "The database is where it was"
SCHEMA = "The tables are what the code needs"
SEQUENCES = "Sequences are ahead of their rows"
AVOIDS_POOLER = "Migrations avoid the pooler"
DROP_HASH = 'ALTER TABLE "user" DROP COLUMN password_hash'


needs_pgbouncer = pytest.mark.needs("pgbouncer")


@pytest.fixture
def pooled(migrated: str) -> Iterator[str]:
    """The pooled address of the migrated database."""
    bouncer = PgBouncer(Path(tempfile.mkdtemp(prefix="postern-")) / "pgbouncer", migrated)
    yield bouncer.url
    bouncer.stop()


class TestIdentity:
    @needs_pgbouncer
    def test_a_pooled_app_with_direct_migrations_is_well(
        self, copy: Copy, pooled: str, migrated: str
    ) -> None:
        copy.write_env(DATABASE_URL=pooled, DATABASE_URL_UNPOOLED=migrated)
        said = copy.doctor("--json")

        assert said.code == 0, said.text

    def test_one_database_behind_two_addresses(self, copy: Copy, migrated: str) -> None:
        other = make_url(migrated).update_query_dict({"application_name": "two"})
        copy.write_env(
            DATABASE_URL=migrated,
            DATABASE_URL_UNPOOLED=other.render_as_string(hide_password=False),
        )

        assert isinstance(copy.look(ONE_DATABASE).outcome, Fine)

    def test_both_endpoints_are_shown_even_if_all_is_well(self, well: Copy, migrated: str) -> None:
        report = well.examine()
        (outcome,) = (one.outcome for one in report.entries if one.title == ONE_DATABASE)
        assert isinstance(outcome, Fine)
        app, direct = outcome.details
        shown = " ".join(render(report, Page(100, colour=False)).split())

        for name, line in (("app", app), ("direct", direct)):
            assert line.startswith(f"{name}: {address(migrated)} (DATABASE_URL from ")
            for part in (
                'database "doctor_migrated"',
                'schema "public"',
                'role "postgres"',
                "PostgreSQL 18",
                "on a Unix socket",
                "writable",
            ):
                assert part in line
        assert "on a Unix socket, writable, instance" in shown

    def test_a_database_without_a_setting_is_named_as_the_bundled_one(self, well: Copy) -> None:
        app = well.case().comparison.app
        assert app
        bundled = replace(app, endpoint=Endpoint(app.endpoint.url))
        shown = described("app", bundled)

        assert "(the bundled PostgreSQL, as DATABASE_URL is not set)" in shown
        assert "from DATABASE_URL" not in shown

    def test_a_role_that_may_neither_lock_nor_write_proves_nothing(
        self, copy: Copy, migrated: str
    ) -> None:
        lock = "FUNCTION pg_advisory_xact_lock(int, int)"
        databases.execute(
            migrated, "CREATE ROLE onlooker LOGIN", f"REVOKE EXECUTE ON {lock} FROM PUBLIC"
        )
        try:
            url = make_url(migrated).set(username="onlooker")
            other = url.update_query_dict({"application_name": "two"})
            copy.write_env(
                DATABASE_URL=url.render_as_string(hide_password=False),
                DATABASE_URL_UNPOOLED=other.render_as_string(hide_password=False),
            )
            finding = copy.found(ONE_DATABASE)
        finally:
            databases.execute(migrated, "DROP ROLE onlooker")

        assert finding.condition.code == "identity_unproven"
        assert "permission denied" in finding.evidence[-1]

    def test_a_copy_that_nobody_has_decided_about(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, "UPDATE instance SET database_oid = 1")
        copy.write_env(DATABASE_URL=migrated)
        finding = copy.found(NO_COPY)

        assert finding.condition.code == "database_is_a_copy"
        assert finding.evidence[1].endswith("database oid 1")
        assert not finding.evidence[2].endswith("database oid 1")
        for command in ("postern instance keep", "postern instance fork"):
            assert command in finding.fix
        assert databases.execute(migrated, "SELECT database_oid FROM instance") == [(1,)]

    def test_a_role_that_cannot_identify_the_server_examines_no_copy(
        self, copy: Copy, migrated: str
    ) -> None:
        databases.execute(
            migrated,
            "CREATE ROLE onlooker LOGIN",
            "GRANT SELECT ON instance TO onlooker",
            "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC",
        )
        try:
            url = make_url(migrated).set(username="onlooker")
            copy.write_env(DATABASE_URL=url.render_as_string(hide_password=False))
            outcome = copy.look(NO_COPY).outcome
        finally:
            databases.execute(migrated, "DROP OWNED BY onlooker", "DROP ROLE onlooker")

        assert isinstance(outcome, NotExamined)
        assert "pg_control_system" in outcome.because

    def test_a_read_only_database(self, copy: Copy, migrated: str) -> None:
        database = make_url(migrated).database
        databases.execute(
            migrated, f'ALTER DATABASE "{database}" SET default_transaction_read_only = on'
        )
        copy.write_env(DATABASE_URL=migrated)
        finding = copy.found("The database accepts writes")

        assert finding.condition.code == "database_read_only"
        assert "read-only" in finding.evidence[0]


class TestSchema:
    def test_every_state_has_a_condition(self) -> None:
        states = {status.value for status in SchemaStatus}
        of_other_checks = {"unreachable", "read_only"}
        assert states - of_other_checks - {"ok"} == set(CONDITIONS)

    @pytest.mark.parametrize(
        ("state", "statements"),
        [
            ("empty", ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"]),
            ("unknown_revision", ["UPDATE alembic_version SET version_num = 'abcdef123456'"]),
            (
                "ahead",
                [
                    "UPDATE alembic_version SET version_num = 'abcdef123456'",
                    "INSERT INTO applied_migration VALUES ('abcdef123456', now())",
                ],
            ),
            ("recorded_but_missing", [DROP_HASH]),
            ("drifted", ['ALTER TABLE "user" ALTER COLUMN name SET NOT NULL']),
            (
                "foreign",
                [
                    "DROP SCHEMA public CASCADE",
                    "CREATE SCHEMA public",
                    'CREATE TABLE "user" (id int, email text)',
                ],
            ),
            ("wrong_search_path", ["ALTER SCHEMA public RENAME TO hidden", "CREATE SCHEMA public"]),
        ],
    )
    def test_each_state_is_a_finding(
        self, copy: Copy, migrated: str, state: str, statements: list[str]
    ) -> None:
        databases.execute(migrated, *statements)
        copy.write_env(DATABASE_URL=migrated)
        finding = copy.found(SCHEMA)

        assert finding.condition.code == f"schema_{state}"
        assert '"doctor_migrated"' in finding.evidence[0]
        assert (finding.automatic is not None) == (state in {"empty", "behind"})

    def test_a_pending_migration(self, copy: Copy, migrated: str) -> None:
        versions = copy.backend / "alembic" / "versions"
        (first,) = versions.glob("*users.py")
        text = first.read_text().replace("8c1f0a7d2e41", "abcdef123456", 1)
        header = text.partition("def upgrade")[0].replace(
            'revision: str = "8c1f0a7d2e41"', 'revision: str = "abcdef123456"'
        )
        head = own_history().head
        header = header.replace("down_revision: str | None = None", f'down_revision = "{head}"')
        body = 'def upgrade() -> None:\n    op.add_column("user", sa.Column("age", sa.Integer()))\n'
        (versions / "2027_01_01_0000_add_an_age.py").write_text(header + body)
        copy.write_env(DATABASE_URL=migrated)
        said = copy.doctor("--json")

        assert said.codes == ["schema_behind"]
        assert "1 behind" in said.findings[0]["evidence"][0]


class TestSequences:
    def test_a_sequence_behind_its_rows_is_found_and_fixed_by_the_command(
        self, copy: Copy, migrated: str
    ) -> None:
        person = (
            'INSERT INTO "user" (id, email, email_key, password_hash, created_at, updated_at) '
            "VALUES (7, 'a@b.c', 'a@b.c', '', now(), now())"
        )
        databases.execute(migrated, person)  # as a restore of data alone does
        copy.write_env(DATABASE_URL=migrated)
        finding = copy.found(SEQUENCES)
        assert finding.condition.code == "sequence_behind"
        assert finding.evidence == ("the next user.id is 1, but the rows go up to 7",)
        databases.execute(migrated, shlex.split(finding.fix)[-1])
        assert isinstance(copy.look(SEQUENCES).outcome, Fine)

    def test_an_empty_database_is_not_examined(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        copy.write_env(DATABASE_URL=migrated)
        assert copy.look(SEQUENCES).outcome == NotExamined("Postern has no tables here yet")

    def test_a_role_that_may_not_read_sequences_is_not_examined(
        self, copy: Copy, migrated: str
    ) -> None:
        databases.execute(migrated, "CREATE ROLE blind LOGIN")
        try:
            url = make_url(migrated).set(username="blind")
            copy.write_env(DATABASE_URL=url.render_as_string(hide_password=False))
            outcome = copy.look(SEQUENCES).outcome
            assert isinstance(outcome, NotExamined)
            assert "permission denied" in outcome.because
        finally:
            databases.execute(migrated, "DROP ROLE blind")


class TestPrivileges:
    def test_a_role_that_lacks_grants(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, "CREATE ROLE blind LOGIN")
        try:
            url = make_url(migrated).set(username="blind")
            text = url.render_as_string(hide_password=False)
            copy.write_env(DATABASE_URL=text, DATABASE_URL_UNPOOLED=migrated)
            finding = copy.found(SCHEMA)
            assert finding.condition.code == "schema_missing_privileges"
            assert 'TO "blind"' in finding.fix
            assert finding.automatic is None
            assert isinstance(copy.look("The database accepts writes").outcome, NotExamined)
        finally:
            databases.execute(migrated, "DROP ROLE blind")


class TestEncoding:
    def test_an_encoding_that_cannot_store_all_text(self, copy: Copy) -> None:
        server = databases.direct_url().set(database="postgres")
        options = "TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
        databases.execute(server, f"CREATE DATABASE latin {options}")
        try:
            url = server.set(database="latin").render_as_string(hide_password=False)
            copy.write_env(DATABASE_URL=url)
            finding = copy.found("The database can store all text")
            assert finding.condition.code == "database_encoding"
            assert finding.evidence == ("the encoding of the database is LATIN1",)
        finally:
            databases.execute(server, "DROP DATABASE latin WITH (FORCE)")


class TestMigrations:
    def test_a_pooled_address_is_recognised_by_its_name(self, copy: Copy) -> None:
        pooled = "postgresql://app:pw@ep-a-1-pooler.eu.aws.neon.tech/postern"
        copy.write_env(DATABASE_URL=pooled, DATABASE_URL_UNPOOLED=pooled)
        finding = copy.found(AVOIDS_POOLER)

        assert finding.condition.code == "migrations_pooled"
        assert "DATABASE_URL_UNPOOLED" in finding.fix

    def test_a_derived_direct_address_is_no_finding(self, copy: Copy) -> None:
        pooled = "postgresql://app:pw@ep-a-1-pooler.eu.aws.neon.tech/postern"
        copy.write_env(DATABASE_URL=pooled)

        assert isinstance(copy.look(AVOIDS_POOLER).outcome, NotExamined)

    @needs_pgbouncer
    def test_a_pooler_with_another_name_is_recognised_by_its_behaviour(
        self, copy: Copy, pooled: str
    ) -> None:
        copy.write_env(DATABASE_URL=pooled)
        finding = copy.found(AVOIDS_POOLER)

        assert finding.condition.code == "migrations_pooled"
        assert "share their server processes" in " ".join(finding.evidence)

    def test_two_newest_migrations_have_to_be_merged_first(self, copy: Copy, migrated: str) -> None:
        versions = copy.backend / "alembic" / "versions"
        (first,) = versions.glob("*users.py")
        other = first.read_text().replace("8c1f0a7d2e41", "abcdef123456")
        (versions / "2027_01_01_0000_another_start.py").write_text(other)
        copy.write_env(DATABASE_URL=migrated)
        said = copy.doctor("--json", "--fix")

        assert said.codes == ["schema_behind"]
        assert said.findings[0]["fix"] == MERGE
        assert not any(finding["fixable"] for finding in said.findings)
        assert said.report["fixed"] == said.report["not_fixed"] == []


class TestPendingMigrations:
    """An automatic fix is offered only if it can work. Otherwise the doctor says what to do."""

    def fixed(self, copy: Copy) -> tuple[list[str], str]:
        """The findings after a `--fix` that can fix nothing, and what has to be done."""
        said = copy.doctor("--json", "--fix")
        assert said.report["fixed"] == said.report["not_fixed"] == []
        first, second = said.findings
        assert first["fix"] == second["fix"]
        assert not first["fixable"]
        return said.codes, first["fix"]

    @pytest.mark.parametrize(
        ("sql", "code", "fix"),
        [
            ("DROP TABLE endpoint_probe", "migration_drops", "Make a backup first, then: make"),
            (
                "ALTER TABLE instance ADD tag text NOT NULL",
                "migration_needs_values",
                "edit the migration: add instance.tag as nullable",
            ),
        ],
    )
    def test_that_must_not_be_applied_automatically(
        self, copy: Copy, migrated: str, sql: str, code: str, fix: str
    ) -> None:
        add_migration(copy.backend, sql)
        copy.write_env(DATABASE_URL=migrated)
        codes, said = self.fixed(copy)

        assert codes == ["schema_behind", code]
        assert said.startswith(fix)
        head = databases.execute(migrated, "SELECT version_num FROM alembic_version")
        assert head == [(own_history().head,)]

    def test_that_set_not_null_on_a_column_without_null(self, copy: Copy, migrated: str) -> None:
        databases.execute(migrated, "ALTER TABLE instance ALTER created_at DROP NOT NULL")
        add_migration(copy.backend, "ALTER TABLE instance ALTER created_at SET NOT NULL")
        copy.write_env(DATABASE_URL=migrated)
        said = copy.doctor("--json", "--fix")

        assert said.codes == []
        assert said.report["fixed"] == ["applied the pending migrations"]

    def test_by_a_role_without_rights(self, copy: Copy, migrated: str) -> None:
        databases.execute(
            migrated,
            "CREATE ROLE clerk LOGIN",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk",
        )
        url = make_url(migrated)
        try:
            as_clerk = url.set(username="clerk").render_as_string(hide_password=False)
            copy.write_env(DATABASE_URL=as_clerk)
            add_migration(copy.backend, "ALTER TABLE instance ADD note text")
            codes, fix = self.fixed(copy)
            assert codes == ["schema_behind", "migration_not_owner"]
            assert "DATABASE_URL_UNPOOLED in backend/.env to the address with the role" in fix

            add_migration(copy.backend, "CREATE TABLE note (id int)")
            codes, fix = self.fixed(copy)
            assert codes == ["schema_behind", "migration_may_not_create"]
            assert 'GRANT USAGE, CREATE ON SCHEMA "public" TO "clerk"' in fix
        finally:
            databases.execute(migrated, "DROP OWNED BY clerk", "DROP ROLE clerk")
