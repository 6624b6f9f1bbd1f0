"""Compares the models with a live database: each difference, and the migration it belongs to.

Alembic compares tables, columns, types, nullability, unique constraints, indexes, foreign keys and
(by its plugin) check constraints by name; primary keys are compared here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.operations import MigrateOperation, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Constraint, Index, MetaData, Table, UniqueConstraint

from src.schema.migrations.history import History, Kind, Migration, Piece
from src.schema.ours import Ours

COMPARING: dict[str, Any] = {
    "compare_type": True,
    "compare_server_default": True,
    "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
}
"""What is compared, here and when a migration is written."""


class DifferenceKind(StrEnum):
    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    MISSING_CONSTRAINT = "missing_constraint"
    MISSING_INDEX = "missing_index"
    DIFFERENT_TYPE = "different_type"
    DIFFERENT_NULLABILITY = "different_nullability"
    DIFFERENT_DEFAULT = "different_default"
    EXTRA_COLUMN = "extra_column"
    EXTRA_CONSTRAINT = "extra_constraint"
    EXTRA_INDEX = "extra_index"


@dataclass(frozen=True)
class Difference:
    """One difference between the live database and the models."""

    kind: DifferenceKind
    table: str
    column: str | None = None
    name: str | None = None
    """The name of the constraint or index."""
    expected: str | None = None
    found: str | None = None
    migration: Migration | None = None
    """The one that adds or last changes it (for an extra: drops it), or None if none does."""
    harmless: bool = False
    """True if the service still works: an extra column that fills itself, an index."""

    @property
    def missing(self) -> bool:
        return self.kind.startswith("missing_")

    @property
    def subject(self) -> str:
        """The table, column, constraint or index, with its name."""
        if self.kind is DifferenceKind.MISSING_TABLE:
            return f'the table "{self.table}"'
        if self.column is not None:
            return f"the column {self.table}.{self.column}"
        what = "index" if self.kind.endswith("_index") else "constraint"
        return f"the {what} {self.name} of {self.table}"

    def __str__(self) -> str:
        by = f", which migration {self.migration} adds" if self.migration else ""
        if self.missing:
            return f"{self.subject} is missing{by or ', and no migration adds it'}"
        if self.kind.startswith("extra_"):
            return f"{self.subject} is extra ({self.found})"
        return f"{self.subject} is {self.found} instead of {self.expected}"


def differences(
    connection: Connection, metadata: MetaData, history: History
) -> tuple[Difference, ...]:
    """Every difference in our own tables; other tables are not looked at."""
    compared = _compared(connection, metadata, Ours(metadata, history))
    found = [*compared, *_primary_keys(connection, metadata)]
    gone = {item.table for item in found if item.kind is DifferenceKind.MISSING_TABLE}
    kept = (item for item in found if item.table not in gone or item.column == item.name is None)
    return tuple(_with_migration(item, history) for item in kept)


def _compared(connection: Connection, metadata: MetaData, ours: Ours) -> Iterator[Difference]:
    # Also compare parts of our tables that others have added: they may refuse our writes.
    options = {"target_metadata": metadata, "include_name": ours.include_name, **COMPARING}
    context = MigrationContext.configure(connection, opts=options)
    for operation in _flat(produce_migrations(context, metadata).upgrade_ops):
        changes: Any = operation.to_diff_tuple()  # a list of them for a changed column
        for change in changes if isinstance(changes, list) else [changes]:
            yield from _translated(change, connection)


def _flat(container: ops.OpContainer | None) -> Iterator[MigrateOperation]:
    for operation in () if container is None else container.ops:
        if isinstance(operation, ops.ModifyTableOps):
            yield from _flat(operation)
        else:
            yield operation


def _translated(change: tuple[Any, ...], connection: Connection) -> Iterator[Difference]:
    match change:
        case ("add_table", Table(name=table)):
            yield Difference(DifferenceKind.MISSING_TABLE, table)
        case ("add_column", _, table, Column() as column):
            yield Difference(
                DifferenceKind.MISSING_COLUMN,
                table,
                column.name,
                expected=_column(column, connection),
            )
        case ("remove_column", _, table, Column() as column):
            yield _extra_column(table, column, connection)
        case (("modify_type" | "modify_nullable" | "modify_default"), *_):
            yield _modified(change, connection)
        case (("add_index" | "remove_index"), Index() as index):
            yield _index(change[0], index)
        case (("add_constraint" | "add_fk"), Constraint() as constraint):
            yield _constraint(DifferenceKind.MISSING_CONSTRAINT, constraint)
        case (("remove_constraint" | "remove_fk"), Constraint() as constraint):
            yield _constraint(DifferenceKind.EXTRA_CONSTRAINT, constraint)


def _modified(change: tuple[Any, ...], connection: Connection) -> Difference:
    what, _, table, column, _, found, expected = change
    if what == "modify_type":
        kind = DifferenceKind.DIFFERENT_TYPE
        names = _type(expected, connection), _type(found, connection)
    elif what == "modify_nullable":
        kind = DifferenceKind.DIFFERENT_NULLABILITY
        names = _null(nullable=expected), _null(nullable=found)
    else:
        kind = DifferenceKind.DIFFERENT_DEFAULT
        names = _default(expected), _default(found)
    # A default that the models lack changes nothing for code that always gives a value.
    harmless = what == "modify_default" and expected is None
    return Difference(kind, table, column, expected=names[0], found=names[1], harmless=harmless)


def _extra_column(table: str, column: "Column[Any]", connection: Connection) -> Difference:
    fills_itself = bool(column.nullable) or column.server_default is not None
    return Difference(
        DifferenceKind.EXTRA_COLUMN,
        table,
        column.name,
        found=_column(column, connection),
        harmless=fills_itself,
    )


def _index(what: str, index: Index) -> Difference:
    kind = DifferenceKind.MISSING_INDEX if what == "add_index" else DifferenceKind.EXTRA_INDEX
    table = index.table.name if index.table is not None else ""
    shape = f"{'unique ' if index.unique else ''}on {', '.join(map(str, index.columns.keys()))}"
    missing = kind is DifferenceKind.MISSING_INDEX
    return Difference(
        kind,
        table,
        name=index.name,
        expected=shape if missing else None,
        found=None if missing else shape,
        harmless=not index.unique,
    )


def _constraint(kind: DifferenceKind, constraint: Constraint) -> Difference:
    shape = type(constraint).__name__
    if isinstance(constraint, UniqueConstraint):
        shape = f"unique on {', '.join(constraint.columns.keys())}"
    missing = kind is DifferenceKind.MISSING_CONSTRAINT
    return Difference(
        kind,
        constraint.table.name,
        name=str(constraint.name),
        expected=shape if missing else None,
        found=None if missing else shape,
    )


def _primary_keys(connection: Connection, metadata: MetaData) -> Iterator[Difference]:
    inspector = sa.inspect(connection)
    for table in _present(inspector, metadata):
        found = inspector.get_pk_constraint(table.name)
        expected = [column.name for column in table.primary_key.columns]
        if found["constrained_columns"] != expected:
            yield Difference(
                DifferenceKind.MISSING_CONSTRAINT,
                table.name,
                name=str(table.primary_key.name),
                expected=f"primary key on {', '.join(expected)}",
                found=", ".join(found["constrained_columns"]) or None,
            )


def _present(inspector: sa.Inspector, metadata: MetaData) -> Iterator[Table]:
    there = set(inspector.get_table_names())
    return (table for table in metadata.sorted_tables if table.name in there)


def _with_migration(item: Difference, history: History) -> Difference:
    kind: Kind = "constraint"
    if item.kind is DifferenceKind.MISSING_TABLE:
        kind = "table"
    elif item.column is not None:
        kind = "column"
    elif item.kind.endswith("_index"):
        kind = "index"
    piece = Piece(kind, item.table, item.column or item.name or item.table)
    if item.missing:
        migration = history.adding(piece)
    elif item.kind.startswith("extra_"):
        migration = history.dropping(piece)
    else:
        migration = history.shaping(piece)
    return replace(item, migration=migration)


def _column(column: "Column[Any]", connection: Connection) -> str:
    return f"{_type(column.type, connection)} {_null(nullable=bool(column.nullable))}"


def _type(type_: "sa.types.TypeEngine[Any]", connection: Connection) -> str:
    return type_.compile(dialect=connection.dialect)


def _null(*, nullable: bool) -> str:
    return "NULL" if nullable else "NOT NULL"


def _default(value: object) -> str:
    return "without a default" if value is None else "with a default"
