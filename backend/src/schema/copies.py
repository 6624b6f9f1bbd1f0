"""Whether the database is a copy: reads its place and the recorded place, and records a new one.

A physical copy (a base backup, a snapshot of a volume) has the same place as its original, as a
promoted replica must have. It cannot be recognised here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text
from sqlalchemy.exc import ProgrammingError

from src.database.connecting import single_use_engine
from src.database.deadline import deadline
from src.database.faults import NO_ANSWER
from src.database.opening import opening
from src.database.origin import Endpoint
from src.schema.command_lines import POSTERN
from src.schema.place import Place, Standing
from src.schema.state import looking_through

LOOK_WITHIN = 2.0
"""Seconds."""
WRITE_WITHIN = 60.0
LOCK_TIMEOUT = "10s"

KEEP, FORK = f"{POSTERN} instance keep", f"{POSTERN} instance fork"


def _standing(system_identifier: str) -> TextClause:
    return text(f"""
SELECT i.id, i.system_identifier, i.database_oid, i.timeline,
       ({system_identifier}) AS seen_system_identifier,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS seen_oid,
       nullif(current_setting('neon.timeline_id', true), '') AS seen_timeline
FROM instance i
""")  # noqa: S608  one of the two texts below


STANDING = _standing("SELECT system_identifier::text FROM pg_control_system()")
WITHOUT_SYSTEM = _standing("NULL::text")
"""For a role that may not read the system identifier; most roles may."""

RECORD = """
UPDATE instance SET system_identifier = :system_identifier, database_oid = :database_oid,
                    timeline = :timeline
WHERE id = :id
"""
FIRST_TIME = "AND num_nonnulls(system_identifier, database_oid, timeline) = 0"


def read(connection: Connection) -> Standing | None:
    """What the database says; None if it has no instance, or the role may not read it."""
    row = _first(connection, STANDING, WITHOUT_SYSTEM)
    if row is None:
        return None
    values = tuple(row)
    return Standing(values[0], Place(*values[1:4]), Place(*values[4:]))


def _first(connection: Connection, *queries: TextClause) -> Row[Any] | None:
    for query in queries:
        try:
            with connection.begin_nested():
                return connection.execute(query).first()
        except ProgrammingError:  # the role may not read it, or a later migration adds the columns
            continue
    return None


def hold(connection: Connection) -> None:
    """Lock the instance, so that no other process decides until the transaction ends."""
    connection.execute(text("SELECT id FROM instance FOR UPDATE"))


def look(endpoint: Endpoint) -> Standing | None:
    """The same through its own connection; None if there is none."""
    try:
        with looking_through(endpoint, within=LOOK_WITHIN) as connection:
            return read(connection)
    except NO_ANSWER:
        return None


def undecided(connection: Connection) -> bool:
    """Whether nothing may be sent to real users: ask this in the transaction that would send it.

    Also True if it cannot be known.
    """
    standing = read(connection)
    return standing is None or standing.is_a_copy


def record(connection: Connection, standing: Standing, *, first_time: bool = False) -> bool:
    """Record the place where it is seen; False if the instance has changed, or has a place."""
    statement = text(f"{RECORD} {FIRST_TIME if first_time else ''}")
    seen = standing.seen
    kept = connection.execute(
        statement,
        {
            "id": standing.instance_id,
            "system_identifier": seen.system_identifier,
            "database_oid": seen.database_oid,
            "timeline": seen.timeline,
        },
    )
    return kept.rowcount == 1


@contextmanager
def writing_to(endpoint: Endpoint) -> Iterator[Connection]:
    """One transaction on its own connection, committed at the end."""
    with deadline(WRITE_WITHIN), single_use_engine(endpoint.url).begin() as connection:
        settings = opening(endpoint.schema, statement_timeout="0", lock_timeout=LOCK_TIMEOUT)
        connection.exec_driver_sql(settings)
        yield connection
