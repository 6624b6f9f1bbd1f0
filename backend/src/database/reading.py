"""A read in one round trip, for the busiest paths: one SELECT, compiled to text only once.

A unit of work costs a ping, BEGIN, its opening, the statement and COMMIT, and SQLAlchemy's work for
each of them. Statements that are sent in one message are one transaction.
"""

from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import PoolProxiedConnection, Select
from sqlalchemy.dialects.postgresql.psycopg2 import dialect
from sqlalchemy.exc import DBAPIError

from src.database.database import Database, current, is_dead, unchecked_connections

DIALECT = dialect(dbapi=psycopg2)  # type: ignore[no-untyped-call]
Cursor = psycopg2.extensions.cursor


class Read:
    """A SELECT of columns with `bindparam` values; rows are returned as named tuples."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._compiled = statement.compile(dialect=DIALECT)
        names = [str(column.key) for column in statement.selected_columns]
        self._row = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024  names of columns

    def first(self, **values: object) -> Any | None:  # noqa: ANN401  a named tuple
        """The first row, or None. Raises the same problems as a unit of work."""
        database, parameters = current(), dict(self._compiled.construct_params(values))
        with database.answering():
            try:
                with unchecked_connections():
                    row = self._ask(database, parameters)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The connection was dead in the pool, so nothing was sent: try once more.
                row = self._ask(database, parameters)
        database.breaker.reset()
        return None if row is None else self._row(*row)

    def _ask(self, database: Database, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
        with _as_sqlalchemy_errors():
            pooled = database.engine.raw_connection()
        connection: Any = pooled.driver_connection
        try:
            connection.autocommit = True
            with _as_sqlalchemy_errors(pooled), connection.cursor() as cursor:
                return execute(cursor, f"{database.opening}; {self._compiled.string}", parameters)
        finally:
            with suppress(psycopg2.Error):  # on a dead one
                connection.autocommit = False
            pooled.close()


@contextmanager
def _as_sqlalchemy_errors(pooled: PoolProxiedConnection | None = None) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy's, as everywhere else; drop a dead connection."""
    try:
        yield
    except psycopg2.Error as error:
        connection = pooled.driver_connection if pooled else None
        dead = pooled is not None and is_dead(DIALECT, error, connection)
        if pooled is not None and dead:
            pooled.invalidate(error)
        raise DBAPIError.instance(
            None,
            None,
            error,
            psycopg2.Error,
            hide_parameters=True,
            connection_invalidated=dead,
            dialect=DIALECT,
        ) from None


def execute(cursor: Cursor, text: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    cursor.execute(text, parameters)
    return cursor.fetchone()
