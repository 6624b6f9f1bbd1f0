"""What a failed statement means to a client: which driver errors are which problem."""

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from src.database import sequences
from src.database.deadline import Late
from src.database.errors import DatabaseUnavailable, SchemaMismatch
from src.kit.problem import Problem

ENCODING = frozenset({errorcodes.UNTRANSLATABLE_CHARACTER, errorcodes.CHARACTER_NOT_IN_REPERTOIRE})
"""The database's encoding cannot hold a character, or the database holds invalid bytes."""

# Errors that our statements cannot cause on the schema that our migrations make.
CONTRADICTIONS = frozenset(
    {
        errorcodes.UNDEFINED_COLUMN,
        errorcodes.UNDEFINED_TABLE,
        errorcodes.INVALID_SCHEMA_NAME,
        errorcodes.UNDEFINED_FUNCTION,
        errorcodes.DATATYPE_MISMATCH,
        errorcodes.NOT_NULL_VIOLATION,
        errorcodes.CHECK_VIOLATION,
        errorcodes.STRING_DATA_RIGHT_TRUNCATION,
        errorcodes.INVALID_TEXT_REPRESENTATION,
        errorcodes.NUMERIC_VALUE_OUT_OF_RANGE,
        errorcodes.INSUFFICIENT_PRIVILEGE,
        *ENCODING,
    }
)
AWAY = (
    errorcodes.CLASS_CONNECTION_EXCEPTION,
    errorcodes.CLASS_INSUFFICIENT_RESOURCES,
    errorcodes.CLASS_OPERATOR_INTERVENTION,
    errorcodes.CLASS_SYSTEM_ERROR,
)
REFUSED = frozenset(
    {
        errorcodes.QUERY_CANCELED,
        errorcodes.READ_ONLY_SQL_TRANSACTION,
        errorcodes.LOCK_NOT_AVAILABLE,
        errorcodes.DEADLOCK_DETECTED,
        errorcodes.SERIALIZATION_FAILURE,
    }
)


class NoServer(Exception):  # noqa: N818  it names the fact
    """No database URL is set, and the bundled server cannot be started. Carries the reason."""


NO_ANSWER = (SQLAlchemyError, NoServer)
"""What a query may raise if the database does not answer."""


class UnforeseenDatabaseError(Exception):
    """A database error that no client can do anything about. It contains no data of a row."""


def meaning_of(error: Exception) -> Exception | None:
    """What a database error means: a problem, or `UnforeseenDatabaseError` without a row's data.

    None if it is not an error of the database.
    """
    if isinstance(error, PoolTimeout):
        return DatabaseUnavailable(log={"cause": "all connections are in use"})
    if isinstance(error, NoServer):
        return DatabaseUnavailable(log={"cause": str(error)})
    if not isinstance(error, DBAPIError):
        return None
    if problem := _refusal(error):
        finding = _finding(error)
        log = {"finding": finding} if finding else {}
        return problem(log={**log, "cause": cause_of(error)})
    return UnforeseenDatabaseError(cause_of(error)).with_traceback(error.__traceback__)


def _refusal(error: DBAPIError) -> type[Problem] | None:
    if state_of(error) in CONTRADICTIONS or _is_sequence_behind(error):
        return SchemaMismatch
    if is_outage(error) or state_of(error) in REFUSED:
        return DatabaseUnavailable
    return None


def _finding(error: DBAPIError) -> str | None:
    """The doctor's code for a fault that this statement shows, but the schema does not."""
    if _is_sequence_behind(error):
        return "sequence_behind"
    return "database_encoding" if state_of(error) in ENCODING else None


def cause_of(error: DBAPIError) -> str:
    """The server's first line. Its DETAIL would quote the row, and a data error the value."""
    state = state_of(error)
    if state is None:
        return one_line(error)
    if state in ENCODING:
        return "the database's encoding is not UTF8, so it cannot hold a character of this request"
    if state.startswith(errorcodes.CLASS_DATA_EXCEPTION):
        return str(errorcodes.lookup(state))
    said = str(diagnosis(error, "message_primary") or errorcodes.lookup(state))
    return f"{said}: {_behind(error)}" if _is_sequence_behind(error) else said


def _behind(error: DBAPIError) -> str:
    schema, table = (diagnosis(error, f"{name}_name") or "" for name in ("schema", "table"))
    sql = sequences.fix(schema, table, "id")
    return f"its sequence is behind its rows, as after a data-only restore. To fix it: {sql}"


def _is_sequence_behind(error: DBAPIError) -> bool:
    """A primary key that the database generated exists already, as after a data-only restore."""
    constraint = constraint_of(error) or ""
    return state_of(error) == errorcodes.UNIQUE_VIOLATION and constraint.startswith("pk_")


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that refused a statement."""
    return diagnosis(error, "constraint_name")


def diagnosis(error: DBAPIError, name: str) -> str | None:
    """A field of the server's error, such as `table_name`."""
    return getattr(getattr(error.orig, "diag", None), name, None)


def concerns_all(error: Exception) -> bool:
    """True for an outage that other requests will meet, too.

    A connection that broke says nothing about the others: it may be the only one. If the server is
    down, the next request finds it out when it opens a new one.
    """
    if not is_outage(error):
        return False
    return is_late(error) or not getattr(error, "connection_invalidated", False)


def is_late(error: Exception) -> bool:
    """True if the database did not answer before our deadline."""
    return isinstance(getattr(error, "orig", None), Late)


def is_outage(error: Exception) -> bool:
    """True if the server is down or accepts no connections, for any statement."""
    if not isinstance(error, DBAPIError):
        return False
    state = state_of(error)
    if state is None:  # no SQLSTATE: libpq itself could not connect or read
        return error.connection_invalidated or isinstance(
            error.orig, (psycopg2.OperationalError, psycopg2.InterfaceError)
        )
    return state.startswith(AWAY) and state != errorcodes.QUERY_CANCELED


def state_of(error: Exception) -> str | None:
    """The SQLSTATE; None if the server has not answered."""
    return getattr(getattr(error, "orig", None), "pgcode", None)


def one_line(error: Exception) -> str:
    """What the server, the client library or a migration said, without the parameters."""
    return " ".join(str(getattr(error, "orig", error)).split())
