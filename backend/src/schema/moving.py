"""Moves Postern's tables to another schema of the same database: all of them, or none.

A table keeps its rows, keys, indexes, sequences and grants when it changes its schema, and foreign
keys and views of others follow it. What is bound to a schema is granted again: its use, and the
privileges on tables that later migrations create.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from src.database.faults import cause_of
from src.database.opening import quoted, search_path
from src.database.origin import Endpoint
from src.models import metadata
from src.schema.command_lines import POSTERN
from src.schema.migrations.history import own_history
from src.schema.migrations.runner import migration_connection
from src.schema.ours import Ours
from src.schema.state import SchemaStatus, examine
from src.settings import DEFAULT_SCHEMA

OURS = text("""
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p') AND c.relname = ANY(:names)
ORDER BY c.relname
""")
IN_THE_WAY = text("""
SELECT DISTINCT there.relname
FROM pg_class ours
     JOIN pg_namespace n ON n.oid = ours.relnamespace AND n.nspname = :schema
     LEFT JOIN pg_index i ON i.indexrelid = ours.oid
     LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = ours.oid
          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
     JOIN pg_class there ON there.relname = ours.relname
     JOIN pg_namespace t ON t.oid = there.relnamespace AND t.nspname = :target
     JOIN pg_class of ON of.oid = coalesce(i.indrelid, d.refobjid, ours.oid)
WHERE of.relname = ANY(:names) AND of.relnamespace = n.oid
ORDER BY there.relname
""")
USERS_OF = text("""
SELECT DISTINCT acl.grantee, coalesce(quote_ident(r.rolname), 'PUBLIC')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl
     LEFT JOIN pg_roles r ON r.oid = acl.grantee
WHERE n.nspname = :schema AND c.relname = ANY(:names) AND acl.grantee <> c.relowner
ORDER BY 2
""")
DEFAULTS = text("""
SELECT quote_ident(pg_get_userbyid(a.defaclrole)),
       CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' ELSE 'SEQUENCES' END,
       coalesce(quote_ident(r.rolname), 'PUBLIC'), string_agg(acl.privilege_type, ', ')
FROM pg_default_acl a JOIN pg_namespace n ON n.oid = a.defaclnamespace,
     aclexplode(a.defaclacl) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
WHERE n.nspname = :schema AND a.defaclobjtype IN ('r', 'S') AND acl.grantee = ANY(:roles)
  AND a.defaclrole = (SELECT c.relowner FROM pg_class c
                      WHERE c.relnamespace = n.oid AND c.relname = 'user')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
""")


class MoveRefused(Exception):  # noqa: N818  it names the fact
    """Nothing was moved. The message says why, and what to do."""


@dataclass(frozen=True)
class Moved:
    tables: tuple[str, ...]
    source: str
    target: str
    lacking: tuple[str, ...]
    """Roles that get no privileges on tables of later migrations by themselves any more."""


def move(endpoint: Endpoint, target: str) -> Moved:
    """Move from `DATABASE_SCHEMA` to `target` on the direct endpoint. Raise `MoveRefused`.

    Migrations wait meanwhile. At the end the tables are compared with the models, and only then is
    anything committed.
    """
    if target == endpoint.schema:
        raise MoveRefused(f'DATABASE_SCHEMA is "{target}" already. Name another schema.')
    try:
        with migration_connection() as connection, connection.begin():
            _require(connection, endpoint)
            moved = _move(connection, endpoint.schema, target)
            _require(connection, replace(endpoint, schema=target))
            return moved
    except DBAPIError as error:
        raise MoveRefused(f"{endpoint} refused: {cause_of(error)}.") from None


def described(moved: Moved, endpoint: Endpoint) -> Iterator[str]:
    """What was done, and what is left to do."""
    where = f'from the schema "{moved.source}" to "{moved.target}"'
    yield f"Moved {len(moved.tables)} tables {where}, on {endpoint}."
    yield f"Now set DATABASE_SCHEMA={moved.target} in {endpoint.schema_file}, and start Postern."
    for role in moved.lacking:
        yield (
            f"The role {role} gets no privileges on tables of later migrations by itself there. "
            f"After each migration, run: {POSTERN} grants {role} --apply"
        )


def _require(connection: Connection, endpoint: Endpoint) -> None:
    """Raise `MoveRefused` unless all of Postern's tables are there, as this release needs them."""
    connection.execute(text(f"SET LOCAL search_path = {search_path(endpoint.schema)}"))
    state = examine(connection, metadata, endpoint, own_history())
    if state.status is not SchemaStatus.OK:
        fix = f" First: {state.command}" if state.command else ""
        raise MoveRefused(f"{state.summary}{fix}")


def _move(connection: Connection, source: str, target: str) -> Moved:
    names = {"names": [*Ours(metadata, own_history()).tables]}
    there = {**names, "schema": source, "target": target}
    if in_the_way := connection.execute(IN_THE_WAY, there).scalars().all():
        raise MoveRefused(
            f'The schema "{target}" has {", ".join(in_the_way)} already. '
            "Choose another schema, or rename them."
        )
    tables = connection.execute(OURS, there).scalars().all()
    users = connection.execute(USERS_OF, there).all()
    kept = target != DEFAULT_SCHEMA  # an app's own tables may be in that one
    roles = [oid for oid, _ in users]
    defaults = connection.execute(DEFAULTS, {**there, "roles": roles}).tuples().all()
    if not connection.execute(text("SELECT to_regnamespace(quote_ident(:target))"), there).scalar():
        connection.execute(text(f"CREATE SCHEMA {quoted(target)}"))
    for table in tables:
        moving = f"ALTER TABLE {quoted(source)}.{quoted(table)} SET SCHEMA {quoted(target)}"
        connection.exec_driver_sql(moving)
    for _, role in users:
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {quoted(target)} TO {role}")
    for statement in _defaults(defaults, target) if kept else ():
        connection.exec_driver_sql(statement)
    lacking = () if kept else tuple(sorted({role for _, _, role, _ in defaults}))
    return Moved(tuple(tables), source, target, lacking)


def _defaults(rows: Iterable[Sequence[str]], target: str) -> Iterator[str]:
    for owner, kind, role, privileges in rows:
        by = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {quoted(target)}"
        yield f"{by} GRANT {privileges} ON {kind} TO {role}"
