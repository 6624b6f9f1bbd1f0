"""What prevents the pending migrations, found before any of them is tried.

It looks through a read-only connection to the direct endpoint, as the role that would migrate.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from src.database.opening import quoted
from src.database.origin import Endpoint
from src.schema.command_lines import MIGRATE
from src.schema.migrations.history import History, Migration
from src.schema.migrations.losses import Required, Run
from src.schema.psql import psql

MAY_CREATE = text("""
SELECT current_user AS role, n.nspname IS NOT NULL AS is_there,
       CASE WHEN n.oid IS NULL THEN has_database_privilege(d.oid, 'CREATE')
       ELSE has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE') END
       AS may_create,
       CASE WHEN n.oid IS NULL OR pg_get_userbyid(n.nspowner) = 'pg_database_owner'
       THEN pg_get_userbyid(d.datdba) ELSE pg_get_userbyid(n.nspowner) END AS owner
FROM pg_database d LEFT JOIN pg_namespace n ON n.nspname = :schema
WHERE d.datname = current_database()
""")
OWNED_BY_OTHERS = text("""
SELECT c.relname AS table, pg_get_userbyid(c.relowner) AS owner
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relname = ANY(:tables)
  AND NOT pg_has_role(c.relowner, 'USAGE')
ORDER BY c.relname
""")
READ_ONLY = text("""
SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool
""")


class ObstacleKind(StrEnum):
    READ_ONLY = "read_only"
    MAY_NOT_CREATE = "may_not_create"
    NOT_OWNER = "not_owner"
    NEEDS_VALUES = "needs_values"
    DROPS = "drops"


@dataclass(frozen=True)
class Obstacle:
    """Why the pending migrations cannot be applied, or only after somebody has decided it."""

    kind: ObstacleKind
    summary: str
    command: str
    """The one command or edit that removes it."""


def find(db: Connection, endpoint: Endpoint, history: History) -> Obstacle | None:
    """The first obstacle, or None if the pending migrations can be applied."""
    return next(_all(db, endpoint, history), None)


def _all(db: Connection, endpoint: Endpoint, history: History) -> Iterator[Obstacle]:
    pending = history.lacking(MigrationContext.configure(db).get_current_heads())
    if pending and db.execute(READ_ONLY).scalar():
        summary = f"{endpoint} takes no writes."
        yield Obstacle(ObstacleKind.READ_ONLY, summary, read_only_command(endpoint))
    run = Run()
    for migration in pending:
        effects = migration.effects(run)
        if effects.creates and (obstacle := may_not_create(db, endpoint)):
            yield obstacle
        if obstacle := not_owner(db, endpoint, effects.owned):
            yield obstacle
        for required in effects.required:
            if _lacks_values(db, required):
                yield needs_values(migration, required.table, required.column)
        if effects.losses:
            summary = f"Migration {migration} {'; '.join(effects.losses)}."
            yield Obstacle(ObstacleKind.DROPS, summary, f"Make a backup first, then: {MIGRATE}")


def read_only_command(endpoint: Endpoint) -> str:
    return f"change {endpoint.place} to the address of a server that takes writes"


def may_not_create(db: Connection, endpoint: Endpoint) -> Obstacle | None:
    """PostgreSQL 15 and newer let only the owner of the database create tables in `public`."""
    schema = endpoint.schema
    seen = db.execute(MAY_CREATE, {"schema": schema}).one()
    if seen.may_create:
        return None
    if seen.is_there:
        why = f'tables in the schema "{schema}", which belongs to "{seen.owner}"'
        sql = f"GRANT USAGE, CREATE ON SCHEMA {quoted(schema)} TO {quoted(seen.role)}"
    else:
        why = f'the schema "{schema}" in the database of "{seen.owner}"'
        sql = f"CREATE SCHEMA {quoted(schema)} AUTHORIZATION {quoted(seen.role)}"
    summary = f'The role "{seen.role}" may not create {why}.'
    return Obstacle(ObstacleKind.MAY_NOT_CREATE, summary, psql(endpoint, sql, role=seen.owner))


def not_owner(db: Connection, endpoint: Endpoint, tables: Collection[str]) -> Obstacle | None:
    """Only the owner may alter a table: no grant allows it to another role."""
    found = db.execute(OWNED_BY_OTHERS, {"tables": list(tables)}).all()
    if not found:
        return None
    table, owner = found[0]
    return Obstacle(
        ObstacleKind.NOT_OWNER,
        f'The table "{table}" belongs to the role "{owner}", and only its owner may alter it.',
        f'set DATABASE_URL_UNPOOLED in backend/.env to the address with the role "{owner}": '
        f"{Endpoint(endpoint.url.set(username=owner)).address}",
    )


def needs_values(migration: Migration | None, table: str, column: str) -> Obstacle:
    whose = f"Migration {migration}" if migration else "A migration"
    return Obstacle(
        ObstacleKind.NEEDS_VALUES,
        f"{whose} makes {table}.{column} NOT NULL, but there are rows in {quoted(table)} without "
        "a value for it.",
        f"edit the migration: add {table}.{column} as nullable and fill it first, or give it a "
        "server_default",
    )


def _lacks_values(db: Connection, required: Required) -> bool:
    table = ".".join(map(quoted, required.table.split(".")))
    where = "" if required.added else f"WHERE {quoted(required.column)} IS NULL"
    try:
        with db.begin_nested():
            ask = text(f"SELECT EXISTS (SELECT 1 FROM {table} {where})")  # noqa: S608  quoted
            return bool(db.execute(ask).scalar())
    except ProgrammingError:  # it does not exist yet or cannot be read: the migration will show it
        return False
