"""What a connection sees of the database behind it, from the catalogs alone: no write, no DDL."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

VERSION_TABLE = "alembic_version"

WHO = text("""
SELECT current_database() AS database, CAST(:schema AS text) AS schema,
       to_regnamespace(quote_ident(:schema)) IS NOT NULL AS schema_exists,
       current_user AS role, current_setting('server_version') AS server_version
""")
WHICH_TABLES = text("""
SELECT n.nspname AS schema, c.relname AS name, n.nspname = :schema AS visible,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND c.relname = ANY(:ours)
ORDER BY n.nspname, c.relname
LIMIT 1000
""")


@dataclass(frozen=True)
class Found:
    """A table with one of our names; `visible` where it is in our schema."""

    schema: str
    name: str
    visible: bool
    readable: bool


@dataclass(frozen=True)
class LiveSchema:
    """The database as one connection sees it."""

    database: str
    schema: str
    """Where our tables are to be; `DATABASE_SCHEMA`."""
    schema_exists: bool
    role: str
    server_version: str
    ours: tuple[Found, ...]
    """Every table that bears one of our names, in whatever schema."""
    revisions: tuple[str, ...] | None
    """What the version table says; None where there is none or it may not be read."""
    applied: frozenset[str] | None
    """Revisions that were truly run; None where that is not recorded."""
    instance_id: UUID | None

    def sees(self, name: str) -> bool:
        return any(found.visible for found in self.ours if found.name == name)

    def schemas_of(self, name: str) -> tuple[str, ...]:
        return tuple(found.schema for found in self.ours if found.name == name)


def read(connection: Connection, tables: Collection[str], schema: str) -> LiveSchema:
    """Look at the database through `connection`; `tables` are the names that are ours."""
    who = connection.execute(WHO, {"schema": schema}).one()
    asked = {"schema": schema, "ours": [*tables, VERSION_TABLE]}
    ours = tuple(Found(*row) for row in connection.execute(WHICH_TABLES, asked))
    readable = {found.name for found in ours if found.visible and found.readable}

    def column(table: str, query: str) -> list[Any] | None:
        return _values(connection, query) if table in readable else None

    revisions = column(VERSION_TABLE, f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
    applied = column("applied_migration", "SELECT revision FROM applied_migration")
    instance = column("instance", "SELECT id FROM instance")
    return LiveSchema(
        **who._asdict(),
        ours=ours,
        revisions=None if revisions is None else tuple(sorted(revisions)),
        applied=None if applied is None else frozenset(applied),
        instance_id=next(iter(instance or ()), None),
    )


def _values(connection: Connection, query: str) -> list[Any] | None:
    """The only column of `query`, or None where somebody else's table bears the name."""
    try:
        with connection.begin_nested():
            return list(connection.execute(text(query)).scalars())
    except ProgrammingError:
        return None
