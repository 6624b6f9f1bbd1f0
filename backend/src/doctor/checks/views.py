"""Five views of one schema: where they differ, the way between them is what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from src.doctor.case import Case
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

LACKING = Condition(
    "schema_view_lacking",
    "Seen this way, the database lacks what the models have",
    "Where all views lack the same, it is the wrong database or a migration is missing; where "
    "only one does, it looks through another connection, schema or process.",
    "column user.password_hash does not exist",
)

Columns = Mapping[str, set[str]]
View = Callable[["Connection"], Columns]


@contextmanager
def app_connection(case: Case) -> "Iterator[Connection]":
    if case.obstacles[0]:
        raise CannotExamine("the database cannot be reached")
    from src.schema.state import looking_through  # not before: it needs settings

    with looking_through(case.endpoints[0]) as connection:
        yield connection


def model_metadata(_case: Case) -> Outcome:
    wanted = _wanted()
    count = sum(map(len, wanted.values()))
    return Fine(f"{count} columns in {len(wanted)} tables: {', '.join(sorted(wanted))}")


def inspector(case: Case) -> Outcome:
    from sqlalchemy import inspect

    def view(connection: "Connection") -> Columns:
        inspect_ = inspect(connection)
        present = set(inspect_.get_table_names()) & _wanted().keys()
        return {table: {c["name"] for c in inspect_.get_columns(table)} for table in present}

    return _compared(case, view)


def direct_sql(case: Case) -> Outcome:
    from sqlalchemy import text

    def view(connection: "Connection") -> Columns:
        rows = connection.execute(
            text(
                "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
                " WHERE table_schema = current_schema() GROUP BY table_name"
            )
        )
        return {table: set(names) for table, names in rows}

    return _compared(case, view)


def reflected_metadata(case: Case) -> Outcome:
    from sqlalchemy import MetaData

    def view(connection: "Connection") -> Columns:
        reflected = MetaData()
        reflected.reflect(connection, only=lambda name, _: name in _wanted())
        return {name: set(table.columns.keys()) for name, table in reflected.tables.items()}

    return _compared(case, view)


def query(case: Case) -> Outcome:
    """What a request does: through SQLModel, on the app's own endpoint."""
    from sqlalchemy.exc import DBAPIError
    from sqlmodel import Session, select

    from src.models import User

    with app_connection(case) as connection, Session(connection) as db:
        try:
            db.exec(select(User).limit(1)).first()
        except DBAPIError as error:
            said = str(error.orig).strip().splitlines()[0]
            return LACKING.found(said, mend="Read on: the checks below say why.")
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
        return LACKING.found(f"not there: {named}", mend="Read on: the checks below say why.")
    return Fine(f"all columns of all {len(wanted)} tables")


def _wanted() -> Columns:
    from src.models import metadata

    return {name: set(table.columns.keys()) for name, table in metadata.tables.items()}


CHECKS = (
    Check(Group.VIEWS, "The models' metadata", model_metadata),
    Check(Group.VIEWS, "SQLAlchemy's inspector", inspector),
    Check(Group.VIEWS, "SQL on information_schema", direct_sql),
    Check(Group.VIEWS, "Reflected metadata", reflected_metadata),
    Check(Group.VIEWS, "A query through SQLModel", query),
)
