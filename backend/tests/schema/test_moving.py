"""`postern database move-schema`: all of Postern's tables go to another schema, or none does."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from src.models import metadata
from src.schema.state import SchemaStatus, inspect
from tests.support.scratch import Scratch
from tests.support.service import alembic
from tests.support.service import run_postern as postern

ROLE = "service_of_the_move"
HOST = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint, user_id bigint REFERENCES "user" (id) ON DELETE CASCADE);
CREATE VIEW shop.buyers AS SELECT u.email FROM "user" u JOIN shop.orders o ON o.user_id = u.id;
CREATE TABLE invoices (id int); INSERT INTO invoices VALUES (7);
INSERT INTO "user" (email, email_key, address_key, created_at, updated_at)
  VALUES ('ada@example.com', 'ada@example.com', 'ada@example.com', now(), now());
INSERT INTO shop.orders SELECT 1, id FROM "user"
"""
WHERE = """
SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY(ARRAY[{}])
"""


def move(scratch: Scratch, to: str, *, now_in: str = "public") -> str:
    done = postern(
        "database", "move-schema", to, settings={**scratch.settings, "DATABASE_SCHEMA": now_in}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(scratch: Scratch, to: str, *, now_in: str = "public") -> str:
    done = postern(
        "database", "move-schema", to, settings={**scratch.settings, "DATABASE_SCHEMA": now_in}
    )
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("Nothing was moved")
    assert "Traceback" not in done.stderr
    return done.stderr


def status(scratch: Scratch, schema: str) -> SchemaStatus:
    return inspect(replace(scratch.endpoint, schema=schema), metadata).status


def schemas_of_ours(scratch: Scratch) -> set[str]:
    names = ", ".join(f"'{name}'" for name in (*metadata.tables, "alembic_version"))
    return {str(name) for (name,) in scratch.sql(WHERE.format(names))}


@pytest.fixture
def host(scratch: Scratch) -> Scratch:
    """An app beside Postern, with a foreign key and a view."""
    scratch.sql(HOST)
    return scratch


@pytest.fixture
def role(host: Scratch) -> Iterator[str]:
    """A role of the service, with its grants."""
    host.sql(f"DROP ROLE IF EXISTS {ROLE}; CREATE ROLE {ROLE} LOGIN")
    done = postern("grants", ROLE, "--apply", settings=host.settings)
    assert done.returncode == 0, done.stderr
    yield ROLE
    host.sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


class TestBothWays:
    def test_everything_of_postern_moves_and_nothing_else(self, host: Scratch) -> None:
        recorded = host.sql("TABLE applied_migration ORDER BY 1")
        instance, users = host.sql("TABLE instance"), host.sql('TABLE "user"')
        for source, target in (("public", "postern"), ("postern", "public")):
            said = move(host, target, now_in=source)
            assert f'from the schema "{source}" to "{target}"' in said
            assert f"Now set DATABASE_SCHEMA={target} in " in said
            assert status(host, target) is SchemaStatus.OK
            assert status(host, source) is SchemaStatus.WRONG_SEARCH_PATH
            assert schemas_of_ours(host) == {target}
            assert host.sql(f"TABLE {target}.applied_migration ORDER BY 1") == recorded
            assert host.sql(f"TABLE {target}.instance") == instance
            assert host.sql(f'TABLE {target}."user"') == users
            assert host.sql("SELECT * FROM invoices") == [(7,)]
            assert host.sql("SELECT * FROM shop.buyers") == [("ada@example.com",)]

    def test_foreign_keys_of_an_app_follow(self, host: Scratch) -> None:
        for source, target in (("public", "postern"), ("postern", "public")):
            move(host, target, now_in=source)
            referenced = "SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid ="
            host.sql("SET search_path = pg_catalog")
            assert host.sql(f"{referenced} 'shop.orders'::regclass") == [
                ('postern."user"' if target == "postern" else '"user"',)
            ]
        move(host, "postern")
        host.sql('DELETE FROM postern."user"')
        assert host.sql("SELECT * FROM shop.orders") == []

    def test_new_rows_get_the_next_numbers(self, host: Scratch) -> None:
        move(host, "postern")
        made = host.sql(
            'INSERT INTO postern."user" (email, email_key, created_at, updated_at)'
            " VALUES ('eve@example.com', 'eve@example.com', now(), now()) RETURNING id"
        )
        assert made == [(2,)]

    def test_migrations_go_on_there(self, host: Scratch) -> None:
        move(host, "postern")
        settings = {**host.settings, "DATABASE_SCHEMA": "postern"}
        assert "No new upgrade operations" in alembic("check", settings=settings)
        alembic("downgrade", "-1", settings=settings)
        alembic("upgrade", "head", settings=settings)
        assert status(host, "postern") is SchemaStatus.OK

    def test_a_schema_name_that_needs_quotes_works(self, host: Scratch) -> None:
        move(host, "Order")
        assert status(host, "Order") is SchemaStatus.OK


class TestGrants:
    def look(self, host: Scratch, schema: str) -> SchemaStatus:
        endpoint = replace(host.direct, url=host.direct.url.set(username=ROLE), schema=schema)
        return inspect(endpoint, metadata).status

    @pytest.mark.usefixtures("role")
    def test_a_role_may_do_the_same_as_before(self, host: Scratch) -> None:
        assert self.look(host, "public") is SchemaStatus.OK
        move(host, "postern")
        assert self.look(host, "postern") is SchemaStatus.OK
        said = move(host, "public", now_in="postern")
        assert self.look(host, "public") is SchemaStatus.OK
        assert f"The role {ROLE} gets no privileges on tables of later migrations" in said

    @pytest.mark.usefixtures("role")
    def test_a_role_may_use_tables_of_later_migrations(self, host: Scratch) -> None:
        said = move(host, "postern")
        assert "later migrations" not in said
        host.sql("CREATE TABLE postern.later (id serial)")
        may = f"SELECT has_table_privilege('{ROLE}', 'postern.later', 'INSERT'),"
        may += f" has_sequence_privilege('{ROLE}', 'postern.later_id_seq', 'USAGE'),"
        may += f" has_schema_privilege('{ROLE}', 'postern', 'CREATE')"
        assert host.sql(may) == [(True, True, False)]

    @pytest.mark.usefixtures("role")
    def test_in_the_schema_of_an_app_a_role_gets_no_privileges_on_later_tables(
        self, host: Scratch
    ) -> None:
        """They may be tables of the app."""
        move(host, "postern")
        host.sql("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM " + ROLE)
        move(host, "public", now_in="postern")
        host.sql("CREATE TABLE later (id int)")
        assert host.sql(f"SELECT has_table_privilege('{ROLE}', 'later', 'SELECT')") == [(False,)]


class TestRefusal:
    def test_of_the_schema_where_they_are(self, scratch: Scratch) -> None:
        assert 'DATABASE_SCHEMA is "public" already' in refused(scratch, "public")

    def test_of_a_name_that_is_none(self, scratch: Scratch) -> None:
        for name in ("pg_catalog", "a b", "", "information_schema"):
            assert "the name of a schema must be" in refused(scratch, name)

    @pytest.mark.parametrize(
        "made",
        ['TABLE other."user" (id int)', "TABLE other.mine (id int CONSTRAINT pk_user PRIMARY KEY)"],
        ids=["table", "index"],
    )
    def test_of_a_schema_that_has_such_names(self, host: Scratch, made: str) -> None:
        host.sql(f"CREATE SCHEMA other; CREATE {made}")
        said = refused(host, "other")
        assert 'The schema "other" has ' in said
        assert "user already" in said
        assert status(host, "public") is SchemaStatus.OK

    def test_of_a_database_without_tables(self, empty: Scratch) -> None:
        assert "make migrate" in refused(empty, "postern")
        assert empty.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'postern'") == []

    def test_where_the_setting_names_the_wrong_schema(self, host: Scratch) -> None:
        said = refused(host, "elsewhere", now_in="postern")
        assert 'Postern\'s tables are in the schema "public"' in said
        assert "DATABASE_SCHEMA=public" in said

    def test_of_a_server_that_refuses_leaves_everything(self, host: Scratch) -> None:
        """The last table cannot be moved, so none is."""
        host.sql(
            "CREATE FUNCTION keep() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'postern'::regnamespace"
            " AND relname = 'user') THEN RAISE EXCEPTION 'no'; END IF; END $$;"
            "CREATE SCHEMA postern;"
            "CREATE EVENT TRIGGER keep ON ddl_command_end WHEN TAG IN ('ALTER TABLE')"
            " EXECUTE FUNCTION keep()"
        )
        assert "refused: no." in refused(host, "postern")
        assert schemas_of_ours(host) == {"public"}
        assert status(host, "public") is SchemaStatus.OK

    def test_of_a_role_that_does_not_own_the_tables(self, host: Scratch, role: str) -> None:
        url = host.direct.url.set(username=role).render_as_string(hide_password=False)
        host.sql(f"CREATE SCHEMA postern; GRANT CREATE, USAGE ON SCHEMA postern TO {role}")
        done = postern("database", "move-schema", "postern", settings={"DATABASE_URL": url})
        assert done.returncode == 1
        assert "must be owner of table" in done.stderr
        assert status(host, "public") is SchemaStatus.OK

    def test_while_another_transaction_uses_a_table(self, host: Scratch) -> None:
        from tests.support.postgres import connect

        busy = connect(host.direct.url)
        try:
            with busy.cursor() as cursor:
                cursor.execute('SELECT 1 FROM "user"')
            assert "lock timeout" in refused(host, "postern")
        finally:
            busy.close()
        assert schemas_of_ours(host) == {"public"}
