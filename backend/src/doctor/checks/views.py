"""Five views of one schema. If they differ, something between them is wrong."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from src.database.faults import cause_of
from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.models import User, metadata
from src.schema.state import looking_through

LACKING = Condition(
    "schema_view_lacking",
    "In this view the database lacks tables or columns of the models",
    "If all views lack the same, it is the wrong database or a migration is missing. If only one "
    "does, it uses another connection, schema or process.",
    "column user.password_hash does not exist",
)

Columns = Mapping[str, set[str]]
View = Callable[[Connection], Columns]


@contextmanager
def app_connection(case: Case) -> Iterator[Connection]:
    with looking_through(case.app) as connection:
        yield connection


def model_metadata(_case: Case) -> Outcome:
    """Story: "column user.password_hash does not exist", as for each view."""
    wanted = _wanted()
    count = sum(map(len, wanted.values()))
    return Fine(f"{count} columns in {len(wanted)} tables: {', '.join(sorted(wanted))}")


def inspector(case: Case) -> Outcome:
    """Story: "column user.password_hash does not exist"."""

    def view(connection: Connection) -> Columns:
        inspect_ = inspect(connection)
        present = set(inspect_.get_table_names()) & _wanted().keys()
        return {table: {c["name"] for c in inspect_.get_columns(table)} for table in present}

    return _compared(case, view)


def direct_sql(case: Case) -> Outcome:
    """Story: "A script works and the app does not"."""

    def view(connection: Connection) -> Columns:
        rows = connection.execute(
            text(
                "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
                " WHERE table_schema = current_schema() GROUP BY table_name"
            )
        )
        return {table: set(names) for table, names in rows}

    return _compared(case, view)


def reflected_metadata(case: Case) -> Outcome:
    """Story: "Does the pooler cache the schema?"."""

    def view(connection: Connection) -> Columns:
        reflected = MetaData()
        reflected.reflect(connection, only=lambda name, _: name in _wanted())
        return {name: set(table.columns.keys()) for name, table in reflected.tables.items()}

    return _compared(case, view)


def query(case: Case) -> Outcome:
    """Story: "column user.password_hash does not exist". A request asks in this way."""
    with app_connection(case) as connection, Session(connection) as db:
        try:
            db.exec(select(User).limit(1)).first()
        except DBAPIError as error:
            return LACKING.found(cause_of(error), fix="The checks below say why.")
    return Fine('every column of "user" was selected')


def _compared(case: Case, view: View) -> Outcome:
    with app_connection(case) as connection:
        seen = view(connection)
    wanted = _wanted()
    lacking = [
        f"{table}.{column}" if table in seen else f"the table {table}"
        for table, columns in sorted(wanted.items())
        for column in sorted(columns - seen.get(table, set()))
    ]
    if lacking:
        named = ", ".join(dict.fromkeys(lacking))
        return LACKING.found(f"missing: {named}", fix="The checks below say why.")
    return Fine(f"all columns of all {len(wanted)} tables")


def _wanted() -> Columns:
    return {name: set(table.columns.keys()) for name, table in metadata.tables.items()}


CHECKS = (
    Check(Group.VIEWS, "The models' metadata", model_metadata),
    Check(Group.VIEWS, "SQLAlchemy's inspector", inspector),
    Check(Group.VIEWS, "SQL on information_schema", direct_sql),
    Check(Group.VIEWS, "Reflected metadata", reflected_metadata),
    Check(Group.VIEWS, "A query through SQLModel", query),
)
