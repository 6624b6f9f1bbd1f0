"""Grants a role what the service needs, or what foreign keys to `user` need. Runs as the owner."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from src.database.connecting import single_use_engine
from src.database.faults import cause_of, state_of
from src.database.opening import opening, quoted
from src.database.origin import Endpoint
from src.schema import live_schema, privileges
from src.schema.command_lines import MIGRATE
from src.schema.reach import reach
from src.schema.state import looking_through

WITHIN = "5s"


class GrantsRefused(Exception):  # noqa: N818  it names the fact
    """Nothing can be granted here. The message says why, and what to do."""


def statements(
    direct: Endpoint, tables: Sequence[str], role: str, *, references: bool
) -> tuple[str, ...]:
    """SQL for the owner of the tables; raise `GrantsRefused` without tables or without the role."""
    try:
        with looking_through(direct) as connection:
            live = live_schema.read(connection, tables, direct.schema)
            known = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
            exists = connection.execute(known, {"role": role}).scalar_one()
    except DBAPIError as error:
        raise _refused(direct, error) from None
    ours = {found.name: found.owner for found in live.ours if found.visible}
    if not ours.keys() >= {*tables}:
        raise GrantsRefused(f"{direct} does not hold all of Postern's tables. First: {MIGRATE}")
    if not exists:
        create = f"CREATE ROLE {quoted(role)} LOGIN PASSWORD '…'"
        raise GrantsRefused(f"There is no role {quoted(role)} on {direct.host}. First: {create}")
    if references:
        return tuple(privileges.for_references(role=role, schema=direct.schema))
    granted = privileges.for_runtime(
        role=role,
        owner=ours["user"],
        database=live.database,
        schema=direct.schema,
        tables=sorted(ours),
    )
    return tuple(granted)


def apply(direct: Endpoint, granted: Sequence[str]) -> None:
    """Run all statements or none; raise `GrantsRefused` with what the server says."""
    try:
        with single_use_engine(direct.url).begin() as connection:
            connection.exec_driver_sql(opening(direct.schema, statement_timeout=WITHIN))
            for statement in granted:
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        raise _refused(direct, error) from None


def _refused(direct: Endpoint, error: DBAPIError) -> GrantsRefused:
    if state_of(error):
        return GrantsRefused(
            f"{direct} refused: {cause_of(error)}. Run this as the owner of the tables."
        )
    why = reach.explain(direct, error)
    return GrantsRefused(f"{direct} cannot be used: {why.summary}. To fix it: {why.command}")
