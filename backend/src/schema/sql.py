"""One Alembic operation as SQL that a person can run, even on a table with rows. Pure."""

import io
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic.operations import MigrateOperation, Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, UniqueConstraint

FILLINGS = {str: "''", datetime: "now()"}
"""Values for existing rows. With an empty password hash nobody can sign in."""


def sql_of(operation: MigrateOperation) -> str | None:
    """The operation as one line; None if it would drop a table or column with its data."""
    if isinstance(operation, ops.DropColumnOp | ops.DropTableOp):
        return None
    if isinstance(operation, ops.AlterColumnOp):
        operation.kw.pop("autoincrement", None)  # MySQL's; Alembic warns of it anywhere else
    if isinstance(operation, ops.AddColumnOp):
        return " ".join(map(_written, _adding(operation.table_name, operation.column)))
    return _written(operation)


def needs_values(column: "Column[Any]") -> bool:
    """Whether existing rows need their own values before the column can be NOT NULL."""
    return _to_be_filled(column) and _filling(column) is None


def _adding(table: str, column: "Column[Any]") -> list[MigrateOperation]:
    filling = _filling(column)
    added = column._copy()  # noqa: SLF001  the model's column must not change
    added.unique = None  # the named constraint is an operation of its own
    added.nullable = bool(column.nullable) or needs_values(column)
    if filling is None:
        return [ops.AddColumnOp(table, added)]
    added.server_default = sa.DefaultClause(sa.text(filling))
    no_default = ops.AlterColumnOp(table, column.name, modify_server_default=None)
    return [ops.AddColumnOp(table, added), no_default]


def _filling(column: "Column[Any]") -> str | None:
    """SQL for one value that fits every row, if there is one."""
    if not _to_be_filled(column) or column.primary_key or _is_unique(column):
        return None
    stored = column.type
    if isinstance(stored, sa.TypeDecorator):
        stored = stored.impl_instance
    return FILLINGS.get(stored.python_type)


def _to_be_filled(column: "Column[Any]") -> bool:
    return not column.nullable and column.server_default is None


def _is_unique(column: "Column[Any]") -> bool:
    constraints, indexes = column.table.constraints, column.table.indexes
    unique = (item for item in constraints if isinstance(item, UniqueConstraint))
    return any(column.name in item.columns for item in unique) or any(
        column.name in index.columns for index in indexes if index.unique
    )


def _written(operation: MigrateOperation) -> str:
    written = io.StringIO()
    offline = {"as_sql": True, "output_buffer": written, "literal_binds": True}
    context = MigrationContext.configure(dialect_name="postgresql", opts=offline)
    Operations(context).invoke(operation)
    return " ".join(written.getvalue().split())
