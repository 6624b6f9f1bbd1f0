"""What a connection sees of its database. It only reads: no write, no DDL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from src.database.opening import quoted
from src.schema.privileges import VERSION_TABLE, WRITE, Privileges, needed_on

WHO = text("""
SELECT current_database() AS database, CAST(:schema AS text) AS schema,
       to_regnamespace(quote_ident(:schema)) IS NOT NULL AS schema_exists,
       current_user AS role, current_setting('server_version') AS server_version,
       (SELECT source FROM pg_settings
        WHERE name = 'default_transaction_read_only' AND setting = 'on') AS read_only,
       pg_is_in_recovery() AS in_recovery
""")
WHICH_TABLES = text("""
SELECT n.nspname AS schema, c.relname AS name, n.nspname = :schema AS visible,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
       ARRAY(SELECT p FROM unnest(CAST(:privileges AS text[])) p
             WHERE has_table_privilege(c.oid, p)) AS privileges,
       pg_get_userbyid(c.relowner) AS owner
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND c.relname = ANY(:ours)
ORDER BY n.nspname, c.relname
LIMIT 1000
""")
SCHEMA_KEPT_CLOSED = text("""
SELECT pg_get_userbyid(nspowner) FROM pg_namespace
WHERE nspname = :schema AND NOT has_schema_privilege(oid, 'USAGE')
""")
# Sequences of `serial` columns. An identity column needs no privilege on its sequence.
SEQUENCES_KEPT_CLOSED = text("""
SELECT s.relname, pg_get_userbyid(s.relowner)
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
     JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype = 'a' AND n.nspname = :schema AND t.relname = ANY(:ours)
  AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') END
ORDER BY s.relname
""")


@dataclass(frozen=True)
class Found:
    """A table with one of our names; `visible` if it is in our schema."""

    schema: str
    name: str
    visible: bool
    readable: bool
    privileges: tuple[str, ...]
    owner: str


@dataclass(frozen=True)
class LiveSchema:
    """The database as one connection sees it."""

    database: str
    schema: str
    """Where our tables should be: `DATABASE_SCHEMA`."""
    schema_exists: bool
    role: str
    server_version: str
    read_only: str | None
    """The source of the default that makes transactions read-only."""
    in_recovery: bool
    """It is a replica."""
    ours: tuple[Found, ...]
    """Every table that has one of our names, in any schema."""
    revisions: tuple[str, ...] | None
    """What the version table says; None if there is none or the role may not read it."""
    applied: frozenset[str] | None
    """Revisions that were really run; None if that is not recorded."""
    instance_id: UUID | None
    lacking: tuple[Privileges, ...]
    """Privileges that requests need and the role does not have."""

    def sees(self, name: str) -> bool:
        return any(found.visible for found in self.ours if found.name == name)

    def schemas_of(self, name: str) -> tuple[str, ...]:
        return tuple(found.schema for found in self.ours if found.name == name)


def read(connection: Connection, tables: Collection[str], schema: str) -> LiveSchema:
    """Look at the database through `connection`; `tables` are the names of our tables."""
    who = connection.execute(WHO, {"schema": schema}).one()
    asked = {"schema": schema, "ours": [*tables, VERSION_TABLE]}
    rows = connection.execute(WHICH_TABLES, {**asked, "privileges": list(WRITE)})
    ours = tuple(Found(*row) for row in rows)
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
        lacking=tuple(_lacking(connection, schema, ours, asked)),
    )


def _lacking(
    connection: Connection, schema: str, ours: tuple[Found, ...], asked: dict[str, Any]
) -> Iterator[Privileges]:
    for owner in connection.execute(SCHEMA_KEPT_CLOSED, {"schema": schema}).scalars():
        yield Privileges("SCHEMA", quoted(schema), ("USAGE",), owner)
    for found in ours:
        names = tuple(name for name in needed_on(found.name) if name not in found.privileges)
        if found.visible and names:
            yield Privileges.on_table(schema, found.name, names, found.owner)
    for name, owner in connection.execute(SEQUENCES_KEPT_CLOSED, asked):
        yield Privileges("SEQUENCE", f"{quoted(schema)}.{quoted(name)}", ("USAGE",), owner)


def _values(connection: Connection, query: str) -> list[Any] | None:
    """The only column of `query`, or None if another application's table has that name."""
    try:
        with connection.begin_nested():
            return list(connection.execute(text(query)).scalars())
    except ProgrammingError:
        return None
