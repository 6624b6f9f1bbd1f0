"""What a refusal by the server means during a migration: a sentence, and what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.runtime.migration import MigrationContext
from psycopg2 import errorcodes
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from src.database.faults import cause_of, diagnosis, state_of
from src.database.opening import quoted
from src.database.origin import Endpoint, direct_endpoint
from src.schema.command_lines import MIGRATE
from src.schema.migrations.history import Migration, own_history
from src.schema.migrations.obstacles import (
    may_not_create,
    needs_values,
    not_owner,
    read_only_command,
)
from src.schema.migrations.runner import STATEMENT_TIMEOUT, MigrationsRefused
from src.schema.psql import psql
from src.schema.reach import reach
from src.schema.state import looking_through

HOLDER = text("""
SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename) AS who, a.state, c.relname
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND a.datname = current_database() AND c.relname = ANY(:tables)
  AND l.pid <> pg_backend_pid()
ORDER BY a.xact_start NULLS LAST
LIMIT 1
""")
AGAIN = f"correct that, then: {MIGRATE}"

Meaning = tuple[str, str]
"""Why it was refused, if the server does not say it; and what to do."""


@contextmanager
def explained(*, upgrading: bool, verbose: bool) -> Iterator[None]:
    """A refusal by the server becomes one sentence; with `verbose` it stays as it is."""
    try:
        yield
    except DBAPIError as error:
        if verbose:
            raise
        said, fix = meaning(error, direct_endpoint(), upgrading=upgrading)
        raise MigrationsRefused(said, fix=fix) from None


def meaning(error: DBAPIError, endpoint: Endpoint, *, upgrading: bool = True) -> Meaning:
    """Which migration was refused, in the server's words, and why; and what to do."""
    if state_of(error) is None:
        found = reach.diagnose(endpoint)
        if found is None:
            return f"{endpoint} ended the connection: {cause_of(error)}.", MIGRATE
        return f"{endpoint} cannot be used: {found.summary}.", found.command
    try:
        with looking_through(endpoint) as db:
            migration = _refused(db) if upgrading else None
            why, command = _meaning(error, endpoint, db, migration)
    except SQLAlchemyError:  # the server's own message remains
        migration, why, command = None, "", AGAIN
    what = f"Migration {migration} was refused" if migration else f"{endpoint} refused"
    return " ".join(filter(None, (f"{what}: {cause_of(error)}.", why))), command


def _refused(db: Connection) -> Migration | None:
    """Each migration has its own transaction, so the refused one is the first that is missing."""
    pending = own_history().lacking(MigrationContext.configure(db).get_current_heads())
    return next(iter(pending), None)


def _meaning(
    error: DBAPIError, endpoint: Endpoint, db: Connection, migration: Migration | None
) -> Meaning:
    state = state_of(error) or ""
    table, column = diagnosis(error, "table_name"), diagnosis(error, "column_name")
    if state == errorcodes.INSUFFICIENT_PRIVILEGE:
        return _forbidden(endpoint, db)
    if state == errorcodes.NOT_NULL_VIOLATION and table and column:
        obstacle = needs_values(migration, table, column)
        return obstacle.summary, obstacle.command
    if state == errorcodes.LOCK_NOT_AVAILABLE:
        return _held(db), f"wait until it has ended, then: {MIGRATE}"
    if state == errorcodes.READ_ONLY_SQL_TRANSACTION:
        return "", read_only_command(endpoint)
    if state == errorcodes.UNIQUE_VIOLATION and table:
        return _doubles(error, endpoint, table)
    return next((m for codes, m in MEANINGS if state.startswith(codes)), ("", AGAIN))


def _forbidden(endpoint: Endpoint, db: Connection) -> Meaning:
    ours = own_history().tables
    if obstacle := may_not_create(db, endpoint) or not_owner(db, endpoint, ours):
        return obstacle.summary, obstacle.command
    return "", f'ask the owner of that object to grant it to "{endpoint.url.username}"'


def _held(db: Connection) -> str:
    holder = db.execute(HOLDER, {"tables": list(own_history().tables)}).one_or_none()
    if holder is None:
        return "The process that held the lock has ended."
    doing = f", {holder.state}" if holder.state else ""
    return f'Process {holder.pid} ({holder.who}{doing}) uses "{holder.relname}".'


def _doubles(error: DBAPIError, endpoint: Endpoint, table: str) -> Meaning:
    """Names only columns: the server's DETAIL also has the values."""
    detail = diagnosis(error, "message_detail") or ""
    columns = re.search(r"\(([^()]+)\)=\(", detail)
    why = f"Several rows of {quoted(table)} have the same value, which must be unique."
    if columns is None:
        return why, AGAIN
    ask = (
        f"SELECT {columns[1]}, count(*) FROM {quoted(table)} "  # noqa: S608  for a person to run
        f"GROUP BY {columns[1]} HAVING count(*) > 1"
    )
    return why, f"change these rows, then {MIGRATE}: {psql(endpoint, ask)}"


MEANINGS: tuple[tuple[tuple[str, ...], Meaning], ...] = (
    (
        (errorcodes.QUERY_CANCELED,),
        (
            f"A migration's statement may run {STATEMENT_TIMEOUT}, because requests wait for it.",
            f"do it in smaller steps or at a quiet time, then: {MIGRATE}",
        ),
    ),
    (
        (
            errorcodes.DUPLICATE_TABLE,
            errorcodes.DUPLICATE_COLUMN,
            errorcodes.DUPLICATE_OBJECT,
            errorcodes.DUPLICATE_SCHEMA,
        ),
        (
            "Something other than this migration has created it.",
            "find out what has created it: postern doctor",
        ),
    ),
    (
        (errorcodes.FOREIGN_KEY_VIOLATION, errorcodes.CHECK_VIOLATION),
        ("Existing rows break the new rule.", f"correct these rows, then: {MIGRATE}"),
    ),
    (
        (errorcodes.CLASS_INSUFFICIENT_RESOURCES, errorcodes.CLASS_SYSTEM_ERROR),
        ("", f"give the server the resources that it lacks, then: {MIGRATE}"),
    ),
    (
        (errorcodes.CLASS_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION,),
        ("", f"correct the migration in backend/alembic/versions, then: {MIGRATE}"),
    ),
)
