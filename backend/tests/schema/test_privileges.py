"""A role of the service that lacks privileges is found, and each missing one is named."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from src.database.origin import Endpoint
from src.models import metadata
from src.schema.state import SchemaState, SchemaStatus, inspect
from tests.support.commands import postern
from tests.support.scratch import Scratch
from tests.support.service import alembic

ROLE = "limited"


@pytest.fixture
def limited(scratch: Scratch) -> Iterator[Endpoint]:
    """The direct endpoint of the scratch database, for a role without any rights there."""
    scratch.sql(f"CREATE ROLE {ROLE} LOGIN")
    yield replace(scratch.direct, url=scratch.direct.url.set(username=ROLE))
    scratch.sql(f"DROP OWNED BY {ROLE} CASCADE; DROP ROLE {ROLE}")


def look(endpoint: Endpoint) -> SchemaState:
    return inspect(endpoint, metadata)


def grant(scratch: Scratch, *arguments: str) -> str:
    done = postern("grants", ROLE, *arguments, settings=scratch.settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class TestMissingGrants:
    def test_a_role_without_grants_is_never_ready(self, limited: Endpoint) -> None:
        state = look(limited)
        assert state.status is SchemaStatus.MISSING_PRIVILEGES
        assert not state.ready
        assert f'does not grant its role "{ROLE}" what it needs' in state.summary
        assert 'SELECT on table "public"."alembic_version"' in state.summary

    def test_the_command_grants_what_is_missing_and_later_tables(
        self, scratch: Scratch, limited: Endpoint
    ) -> None:
        command = str(look(limited).command)
        assert command.startswith("psql ")
        statements = command.partition(" -c ")[2].strip("'").replace("'\"'\"'", "'")
        scratch.sql(statements)
        assert look(limited).status is SchemaStatus.OK
        scratch.sql("CREATE TABLE later (id int)")
        later = "SELECT has_table_privilege('limited', 'later', 'SELECT, INSERT')"
        assert scratch.sql(later) == [(True,)]

    @pytest.mark.parametrize(
        ("statement", "lacking"),
        [
            ('REVOKE INSERT ON "user" FROM limited', 'INSERT on table "public"."user"'),
            (
                "REVOKE UPDATE, DELETE ON session FROM limited",
                'UPDATE, DELETE on table "public"."session"',
            ),
            (
                "REVOKE SELECT ON alembic_version FROM limited",
                'SELECT on table "public"."alembic_version"',
            ),
            (
                "REVOKE USAGE ON SCHEMA public FROM limited, public",
                'USAGE on schema "public"',
            ),
            (
                "CREATE SEQUENCE s OWNED BY rate_limit.full_at; REVOKE ALL ON s FROM limited",
                'USAGE on sequence "public"."s"',
            ),
        ],
    )
    def test_each_missing_grant_is_named(
        self, scratch: Scratch, limited: Endpoint, statement: str, lacking: str
    ) -> None:
        grant(scratch, "--apply")
        assert look(limited).status is SchemaStatus.OK
        scratch.sql(statement)
        state = look(limited)
        assert state.status is SchemaStatus.MISSING_PRIVILEGES
        assert state.summary.endswith(f"what it needs: {lacking}.")

    def test_a_table_that_no_request_uses_needs_no_grant(
        self, scratch: Scratch, limited: Endpoint
    ) -> None:
        grant(scratch, "--apply")
        scratch.sql("REVOKE ALL ON endpoint_probe FROM limited")
        assert look(limited).status is SchemaStatus.OK


class TestGrants:
    def test_printing_grants_changes_nothing(self, scratch: Scratch, limited: Endpoint) -> None:
        printed = grant(scratch)
        assert look(limited).status is SchemaStatus.MISSING_PRIVILEGES
        scratch.sql(printed)
        assert look(limited).status is SchemaStatus.OK

    @pytest.mark.usefixtures("limited")
    def test_the_grants_give_no_right_to_change_tables(self, scratch: Scratch) -> None:
        grant(scratch, "--apply")
        may = (
            "SELECT has_schema_privilege('limited', 'public', 'CREATE'),"
            " has_table_privilege('limited', 'instance', 'UPDATE'),"
            " has_table_privilege('limited', '\"user\"', 'TRUNCATE')"
        )
        assert scratch.sql(may) == [(False, False, False)]

    @pytest.mark.usefixtures("limited")
    def test_references_allow_foreign_keys_to_users(self, scratch: Scratch) -> None:
        grant(scratch, "--references", "--apply")
        scratch.sql("CREATE SCHEMA app AUTHORIZATION limited")
        scratch.sql(
            "SET ROLE limited;"
            'CREATE TABLE app.orders (user_id bigint REFERENCES public."user" (id))'
        )
        reads = "SELECT has_table_privilege('limited', '\"user\"', 'SELECT')"
        assert scratch.sql(reads) == [(False,)]

    def test_the_grants_name_our_schema(self, empty: Scratch) -> None:
        settings = {**empty.settings, "DATABASE_SCHEMA": "auth"}
        alembic("upgrade", "head", settings=settings)
        empty.sql(f"CREATE ROLE {ROLE} LOGIN")
        try:
            done = postern("grants", ROLE, "--apply", settings=settings)
            assert done.returncode == 0, done.stderr
            url = empty.direct.url.set(username=ROLE)
            assert look(replace(empty.direct, url=url, schema="auth")).status is SchemaStatus.OK
        finally:
            empty.sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")

    def test_an_unknown_role_is_refused(self, scratch: Scratch) -> None:
        done = postern("grants", "nobody", settings=scratch.settings)
        assert done.returncode == 1
        assert 'There is no role "nobody"' in done.stderr

    @pytest.mark.parametrize("role", ["not UTF-8 \udcff", "two\nlines"])
    def test_a_role_with_odd_characters_is_refused(self, scratch: Scratch, role: str) -> None:
        done = postern("grants", role, settings=scratch.settings)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("The name of the role has a control character")
        assert "Traceback" not in done.stderr

    def test_an_empty_database_is_refused(self, empty: Scratch) -> None:
        done = postern("grants", ROLE, settings=empty.settings)
        assert done.returncode == 1
        assert "First: make migrate" in done.stderr

    def test_a_role_that_may_not_grant_is_refused_in_one_sentence(self, limited: Endpoint) -> None:
        text = limited.url.render_as_string(hide_password=False)
        done = postern("grants", ROLE, "--apply", settings={"DATABASE_URL": text})
        assert done.returncode == 1
        assert "Run this as the owner of the tables" in done.stderr
        assert "Traceback" not in done.stderr
