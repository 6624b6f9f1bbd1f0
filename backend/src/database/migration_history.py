"""What each migration adds, learned by running all of them in Alembic's offline mode.

So the revision that a missing column belongs to is read from the migrations, never kept by hand.
"""

import io
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from alembic.operations import MigrateOperation, Operations, ops
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Column, Constraint, Index

from src.database.migrations import scripts

Kind = Literal["table", "column", "constraint", "index"]


@dataclass(frozen=True)
class Piece:
    """A part of the schema that a migration can add, change or drop."""

    kind: Kind
    table: str
    name: str


@dataclass(frozen=True)
class Migration:
    """One revision, its sentence, and what it does to the schema."""

    revision: str
    title: str
    adds: frozenset[Piece] = frozenset()
    changes: frozenset[Piece] = frozenset()
    drops: frozenset[Piece] = frozenset()
    raw: tuple[str, ...] = ()
    """SQL that it runs as text, where only names can be looked for."""

    def __str__(self) -> str:
        return f"{self.revision} ({self.title})"

    def adds_in_text(self, piece: Piece) -> bool:
        words = re.compile(rf"(?i)\b(add|create|rename)\b.*\b{re.escape(piece.name)}\b", re.DOTALL)
        return any(words.search(statement) for statement in self.raw)


@dataclass(frozen=True)
class History:
    """All revisions, oldest first."""

    migrations: tuple[Migration, ...]

    @property
    def head(self) -> str:
        return self.migrations[-1].revision

    @property
    def revisions(self) -> tuple[str, ...]:
        return tuple(migration.revision for migration in self.migrations)

    def get(self, revision: str) -> Migration | None:
        return next((m for m in self.migrations if m.revision == revision), None)

    def up_to(self, revision: str) -> tuple[Migration, ...]:
        """`revision` and all before it."""
        return self.migrations[: self.revisions.index(revision) + 1]

    def after(self, revision: str | None) -> tuple[Migration, ...]:
        """What is still to be applied where `revision` was the last; None: all."""
        start = self.revisions.index(revision) + 1 if revision else 0
        return self.migrations[start:]

    def adding(self, piece: Piece) -> Migration | None:
        """The last migration that adds `piece`, or None if none does."""
        newest_first = self.migrations[::-1]
        structured = (m for m in newest_first if piece in m.adds)
        return next(structured, None) or next(
            (m for m in newest_first if m.adds_in_text(piece)), None
        )

    def shaping(self, piece: Piece) -> Migration | None:
        """The last migration that adds or changes `piece`."""
        return next((m for m in self.migrations[::-1] if piece in m.adds | m.changes), None)

    def dropping(self, piece: Piece) -> Migration | None:
        return next((m for m in self.migrations[::-1] if piece in m.drops), None)


_one_reader = threading.Lock()


@lru_cache
def own_history() -> History:
    """The history of this code's migrations; read once, they do not change under it."""
    return read_history(scripts())


def read_history(directory: ScriptDirectory) -> History:
    """Run each `upgrade()` against no database at all, and note what it asks for."""
    newest_first = directory.walk_revisions()
    with _one_reader:  # Alembic's `op` is one for the whole process
        return History(tuple(_read(script) for script in newest_first)[::-1])


def _read(script: Script) -> Migration:
    offline = {"as_sql": True, "output_buffer": io.StringIO()}
    notes = _Notes()
    with Operations.context(
        MigrationContext.configure(dialect_name="postgresql", opts=offline)
    ) as op:
        carry_out = op.invoke

        def note_and_carry_out(operation: MigrateOperation) -> Any:  # noqa: ANN401  as Alembic's
            notes.take(operation)
            return carry_out(operation)

        op.invoke = note_and_carry_out  # type: ignore[method-assign]
        # A migration that asks the database for something gets no answer here, and is known up
        # to that point.
        with suppress(AttributeError, TypeError):
            script.module.upgrade()
    return notes.written(script.revision, script.doc.rstrip("."))


class _Notes:
    """What one migration asked for."""

    def __init__(self) -> None:
        self.adds: set[Piece] = set()
        self.changes: set[Piece] = set()
        self.drops: set[Piece] = set()
        self.raw: list[str] = []

    def written(self, revision: str, title: str) -> Migration:
        adds, changes, drops = map(frozenset, (self.adds, self.changes, self.drops))
        return Migration(revision, title, adds, changes, drops, tuple(self.raw))

    def take(self, operation: MigrateOperation) -> None:  # noqa: C901  a case for each
        match operation:
            case ops.CreateTableOp(table_name=table):
                self.adds.add(Piece("table", table, table))
                self.adds.update(_parts(table, operation.to_table()))
            case ops.AddColumnOp(table_name=table, column=column):
                self.adds.update(_column(table, column))
            case ops.AlterColumnOp(table_name=table, column_name=name, modify_name=new):
                self.changes.add(Piece("column", table, name))
                if new:
                    self.adds.add(Piece("column", table, new))
                    self.drops.add(Piece("column", table, name))
            case ops.RenameTableOp(table_name=table, new_table_name=new):
                self._rename(table, new)
            case ops.AddConstraintOp():
                constraint = operation.to_constraint()
                self.adds.add(_named("constraint", constraint.table.name, constraint))
            case ops.CreateIndexOp(table_name=table, index_name=name):
                self.adds.add(Piece("index", table, str(name)))
            case ops.DropTableOp(table_name=table):
                self.drops.add(Piece("table", table, table))
            case ops.DropColumnOp(table_name=table, column_name=name):
                self.drops.add(Piece("column", table, name))
            case ops.DropConstraintOp(table_name=table, constraint_name=name):
                self.drops.add(Piece("constraint", table, str(name)))
            case ops.DropIndexOp(index_name=name, table_name=table):
                self.drops.add(Piece("index", str(table), str(name)))
            case ops.ExecuteSQLOp(sqltext=text):
                self.raw.append(str(text))

    def _rename(self, table: str, new: str) -> None:
        self.drops.add(Piece("table", table, table))
        self.adds.add(Piece("table", new, new))


def _parts(table: str, built: Any) -> Iterable[Piece]:  # noqa: ANN401  a Table
    for column in built.columns:
        yield Piece("column", table, column.name)
    for constraint in built.constraints:
        yield _named("constraint", table, constraint)
    for index in built.indexes:
        yield _named("index", table, index)


def _column(table: str, column: "Column[Any]") -> Iterable[Piece]:
    yield Piece("column", table, column.name)
    for constraint in column.constraints | column.foreign_keys:
        if constraint.name:
            yield Piece("constraint", table, str(constraint.name))


def _named(kind: Kind, table: str, item: Constraint | Index) -> Piece:
    return Piece(kind, table, str(item.name))
