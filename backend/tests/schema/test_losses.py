"""What a migration may remove is read from its SQL. SQL that is not understood counts as a loss."""

import pytest

from src.schema.migrations.history import own_history
from src.schema.migrations.losses import Required, Run


def losses(*migrations: str) -> list[str]:
    """What a run of these migrations may lose."""
    run = Run()
    return [loss for sql in migrations for loss in run.read(sql).losses]


TAME = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


@pytest.mark.parametrize(
    ("sql", "loss"),
    [
        ("DROP TABLE orders", "drops the table orders"),
        ("drop table if exists a, public.b cascade;", "drops the table a"),
        ("drop table if exists a, public.b cascade;", "drops the table public.b"),
        ('DROP TABLE "Or""ders"', 'drops the table Or"ders'),
        ("DROP /* a /* nested */ comment */ TABLE orders", "drops the table orders"),
        ("DROP -- a comment\nTABLE orders", "drops the table orders"),
        ("SELECT 1; DROP TABLE orders", "drops the table orders"),
        ("SELECT ';--'; DROP TABLE orders", "drops the table orders"),
        ("SELECT E'\\'; --'; DROP TABLE orders", "drops the table orders"),
        ('ALTER TABLE "user" DROP COLUMN name', "drops the column user.name"),
        ("ALTER TABLE t DROP name", "drops the column t.name"),
        ('alter table only t add a int, drop column if exists "b c" cascade', "column t.b c"),
        ('ALTER TABLE t DROP "constraint"', "drops the column t.constraint"),
        ("ALTER TABLE t DROP CONSTRAINT a CASCADE", "what depends on it"),
        ("ALTER TABLE t ALTER COLUMN a TYPE integer USING length(a)", "changes the type of t.a"),
        ("ALTER TABLE t ALTER a SET DATA TYPE date", "changes the type of t.a"),
        ("ALTER TABLE t EXPLODE", "alters t"),
        ("ALTER TYPE mood DROP ATTRIBUTE a", "alters something"),
        ("ALTER SCHEMA a RENAME TO b", "alters something"),
        ("DROP SCHEMA app", "drops schema app"),
        ("DROP VIEW v CASCADE", "drops view v cascade"),
        ("DROP OWNED BY somebody", "drops owned by somebody"),
        ("DROP SEQUENCE s", "drops sequence s"),
        ("TRUNCATE t", "empties t"),
        ("truncate table only a, b", "empties b"),
        ('DELETE FROM "user" WHERE id > 5', "deletes rows of user"),
        ("WITH x AS (DELETE FROM t RETURNING *) INSERT INTO y SELECT * FROM x", "deletes rows"),
        ("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "runs MERGE"),
        ("CALL clean()", "runs CALL"),
        ("SELECT clean()", "calls clean()"),
        ("SELECT set_config('search_path', 'app', false)", "calls set_config()"),
        ("DO $$ BEGIN DROP TABLE t; END $$", "runs a DO block"),
        ("DO 'BEGIN PERFORM clean(); END'", "runs a DO block"),
        ("DO $x$ BEGIN EXECUTE 'DR' || 'OP TABLE t'; END $x$", "runs a DO block"),
        ("DO $$ BEGIN ALTER TABLE t ALTER a TYPE date; END $$", "runs a DO block"),
        ("CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u", "makes rule"),
        ("CREATE TRIGGER a AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()", "calls f()"),
        ("CREATE EXTENSION somebodys", "makes extension"),
        ("ALTER TABLE t ATTACH PARTITION u DEFAULT", "alters t"),
        ("ALTER TABLE t INHERIT u", "alters t"),
        ("ALTER TABLE t SET UNLOGGED", "alters t"),
        ("ALTER TABLE t SET SCHEMA app", "moves t"),
        ("ALTER TABLE t RENAME TO u", "renames t"),
        ("CREATE TABLE u (a int); DROP TABLE u CASCADE", "what depends on it"),
        (
            "CREATE TABLE x.n (a int); ALTER TABLE x.n RENAME TO u; DROP TABLE u",
            "drops the table u",
        ),
        ("INSERT INTO t (a) SELECT purge()", "calls purge()"),
        ("UPDATE t SET a = purge()", "calls purge()"),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM t'", "replaces"),
        ("ALTER TYPE t ALTER ATTRIBUTE a TYPE int CASCADE", "alters something"),
        ("SET search_path = app", "runs SET"),
        ('SET LOCAL "search_path" = app', "runs SET"),
        ("SELECT 'never closed", "cannot be read"),
        ("SELECT 1 /* never closed", "cannot be read"),
    ],
)
def test_sql_that_may_lose_data_is_a_loss(sql: str, loss: str) -> None:
    assert loss in "; ".join(losses(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- DROP TABLE t\n",
        "SELECT 'DROP TABLE t'",
        'CREATE TABLE "drop" (a int)',
        "CREATE TABLE t (a int REFERENCES u ON DELETE CASCADE)",
        "CREATE TEMP TABLE t (a int) ON COMMIT DROP",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE",
        "ALTER TABLE t ADD COLUMN a numeric(5, 2) DEFAULT 0, ADD b int",
        "ALTER TABLE t DROP CONSTRAINT a",
        "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER b DROP DEFAULT",
        "ALTER TABLE t ALTER a TYPE TEXT",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "DROP VIEW v",
        "COMMIT; CREATE INDEX CONCURRENTLY i ON t (a); BEGIN",
        "INSERT INTO t (a) VALUES (1)",
        "UPDATE t SET a = lower(a)",
        "GRANT DELETE ON t TO app",
        "SELECT setval(pg_get_serial_sequence('t', 'id'), coalesce(max(id), 1)) FROM t",
        "SET LOCAL lock_timeout = '1s'",
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('good'); EXCEPTION WHEN others THEN NULL; END $$",
        f"{TAME}; CREATE TRIGGER a AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f()",
    ],
)
def test_sql_that_loses_no_data_is_no_loss(sql: str) -> None:
    assert losses(sql) == []


class TestThingsTheRunHasMade:
    @pytest.mark.parametrize(
        "sql",
        [
            "DROP TABLE t",
            "ALTER TABLE t DROP a",
            "DELETE FROM t",
            "TRUNCATE t",
            "ALTER TABLE t ALTER a TYPE date USING now()",
            "ALTER TABLE t RENAME TO u; DROP TABLE u",
        ],
    )
    def test_removing_what_the_run_has_made_is_no_loss(self, sql: str) -> None:
        assert losses("CREATE TABLE t (a int)", sql) == []
        assert losses(sql) != []

    def test_removing_a_column_the_run_has_added_is_no_loss(self) -> None:
        assert losses("ALTER TABLE t ADD a int", "ALTER TABLE t DROP COLUMN a") == []
        rename = "ALTER TABLE t RENAME a TO b"
        assert losses("ALTER TABLE t ADD a int", rename, "ALTER TABLE t DROP b") == []

    @pytest.mark.parametrize(
        "before",
        [
            "CREATE TABLE IF NOT EXISTS t (a int)",  # it may have existed before
            "CREATE TEMP TABLE t (a int)",
            "CREATE TABLE t (a int); DROP TABLE t",
            "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u",
            "CREATE TABLE t (a int); ALTER TABLE t SET SCHEMA app",
            "CREATE TABLE other.t (a int)",
        ],
    )
    def test_another_table_with_the_same_name_is_still_a_loss(self, before: str) -> None:
        assert losses(before, "DROP TABLE t") == ["drops the table t"]

    def test_a_column_that_may_have_existed_is_still_a_loss(self) -> None:
        add = "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int"
        assert losses(add, "ALTER TABLE t DROP a") == ["drops the column t.a"]

    def test_a_function_of_the_run_that_deletes_is_still_a_loss(self) -> None:
        body = "BEGIN DELETE FROM t; END"
        create = f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ {body} $$"
        assert losses(create, "SELECT f()") == ["calls f(), which may remove something"]


class TestWhatAMigrationNeeds:
    @pytest.mark.parametrize(
        ("sql", "required"),
        [
            ("ALTER TABLE t ADD a int NOT NULL", [Required("t", "a", added=True)]),
            ("ALTER TABLE t ALTER a SET NOT NULL", [Required("t", "a", added=False)]),
            ("ALTER TABLE t ADD a int NOT NULL DEFAULT 1", []),
            ("ALTER TABLE t ADD a int", []),
            ("CREATE TABLE t (b int); ALTER TABLE t ADD a int NOT NULL", []),
            ("ALTER TABLE t ADD a int; UPDATE t SET a = 1; ALTER TABLE t ALTER a SET NOT NULL", []),
            ("UPDATE t SET a = 1; ALTER TABLE t ALTER a SET NOT NULL", []),
        ],
    )
    def test_columns_that_need_values_are_known(self, sql: str, required: list[Required]) -> None:
        assert Run().read(sql).required == required

    def test_tables_that_only_their_owner_may_change_are_known(self) -> None:
        sql = 'CREATE TABLE t (a int); ALTER TABLE t ADD b int; ALTER TABLE "user" ADD c int'
        effects = Run().read(f"{sql}; CREATE UNIQUE INDEX i ON session (id)")
        assert effects.owned == {"user", "session"}
        assert effects.creates


def test_our_own_migrations_lose_nothing() -> None:
    run = Run()
    for migration in own_history().migrations:
        assert migration.sql, f"{migration} cannot be rendered"
        assert migration.effects(run).losses == []
        assert migration.effects(Run()).losses == []
