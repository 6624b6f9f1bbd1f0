"""Sequences that are behind their rows, as after a data-only restore."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from src.database.opening import quoted

# Of identity columns ('i') and of `serial` ones ('a').
WHICH = text("""
SELECT t.relname AS table, a.attname AS column, s.relname AS sequence
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
     JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype IN ('a', 'i') AND n.nspname = :schema AND t.relname = ANY(:tables)
ORDER BY t.relname
""")


@dataclass(frozen=True)
class Behind:
    """A sequence with a next number that a row already uses."""

    schema: str
    table: str
    column: str
    next: int
    highest: int

    def __str__(self) -> str:
        return (
            f"the next {self.table}.{self.column} is {self.next}, "
            f"but the rows go up to {self.highest}"
        )

    @property
    def sql(self) -> str:
        return fix(self.schema, self.table, self.column)


def fix(schema: str, table: str, column: str) -> str:
    """SQL that sets the column's sequence to its highest row."""
    place = f"{quoted(schema)}.{quoted(table)}"
    highest = f"(SELECT max({quoted(column)}) FROM {place})"  # noqa: S608  names, quoted
    return f"SELECT setval(pg_get_serial_sequence('{place}', '{column}'), {highest})"


def which(
    connection: Connection, tables: Collection[str], schema: str
) -> list[tuple[str, str, str]]:
    """Table, column and sequence of each of these tables that has one."""
    rows = connection.execute(WHICH, {"schema": schema, "tables": [*tables]})
    return [(row.table, row.column, row.sequence) for row in rows]


def behind(connection: Connection, tables: Collection[str], schema: str) -> Iterator[Behind]:
    """Raises `ProgrammingError` if the role may not read a table or its sequence."""
    for table, column, sequence in which(connection, tables, schema):
        place, source = (f"{quoted(schema)}.{quoted(name)}" for name in (table, sequence))
        # Read the rows first: a row that is added meanwhile moves the sequence ahead, not behind.
        statement = (
            f"SELECT (SELECT max({quoted(column)}) FROM {place}), "  # noqa: S608  names, quoted
            f"last_value + is_called::int FROM {source}"
        )
        highest, following = connection.execute(text(statement)).one()
        if highest is not None and highest >= following:
            yield Behind(schema, table, column, following, highest)
