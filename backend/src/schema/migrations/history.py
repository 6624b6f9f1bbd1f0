"""What each migration adds, found by running all of them in Alembic's offline mode.

So no list of revisions and their columns has to be maintained.
"""

import io
import re
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from alembic.operations import MigrateOperation, Operations, ops
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import to_tuple
from sqlalchemy import Column, Constraint, Index
from sqlalchemy.dialects import postgresql

from src.schema.migrations.losses import Effects, Run
from src.schema.migrations.runner import scripts

POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
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
    """SQL that it runs as text: only names can be searched in it."""
    renames: frozenset[tuple[str, str]] = frozenset()
    """Tables, each with its new name."""
    before: tuple[str, ...] = ()
    """The revisions that it follows."""
    sql: str | None = ""
    """All SQL that it runs; None if it asks the database, so that only a real run shows it."""

    def __str__(self) -> str:
        return f"{self.revision} ({self.title})"

    def adds_in_text(self, piece: Piece, *, of: str = "") -> bool:
        """Whether a statement that also names the table `of` seems to add `piece`."""
        words = re.compile(rf"(?i)\b(add|create|rename)\b.*\b{re.escape(piece.name)}\b", re.DOTALL)
        return any(words.search(statement) for statement in self.raw if of in statement)

    def effects(self, run: Run) -> Effects:
        """What it may lose and what it needs, as the next migration of `run`."""
        if self.sql is None:
            return Effects(["asks the database what to do, so it may remove something"])
        return run.read(self.sql)


@dataclass(frozen=True)
class History:
    """All revisions, oldest first."""

    migrations: tuple[Migration, ...]

    @property
    def head(self) -> str:
        return self.migrations[-1].revision

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The revisions that no other follows: one, unless two branches were merged."""
        followed = {before for migration in self.migrations for before in migration.before}
        return tuple(revision for revision in self.revisions if revision not in followed)

    @property
    def revisions(self) -> tuple[str, ...]:
        return tuple(migration.revision for migration in self.migrations)

    @cached_property
    def tables(self) -> frozenset[str]:
        """Every table that a migration adds, even if a later one renames or drops it."""
        run = Run()
        for migration in self.migrations:
            migration.effects(run)
        pieces = (piece for migration in self.migrations for piece in migration.adds)
        return frozenset({*run.tables_named, *(p.name for p in pieces if p.kind == "table")})

    @property
    def two_heads(self) -> str | None:
        """Why no migration can be applied or written after two branches were merged."""
        if len(self.heads) > 1:
            names = " and ".join(str(self.get(head)) for head in self.heads)
            return f"Two migrations claim to be the newest: {names}."
        return None

    def get(self, revision: str) -> Migration | None:
        return next((m for m in self.migrations if m.revision == revision), None)

    def after(self, revision: str | None) -> tuple[Migration, ...]:
        """The migrations after `revision`; None means all."""
        start = self.revisions.index(revision) + 1 if revision else 0
        return self.migrations[start:]

    def lacking(self, recorded: Collection[str]) -> tuple[Migration, ...]:
        """The migrations that a database with these recorded revisions still needs."""
        applied = set(recorded)
        for migration in self.migrations[::-1]:  # each comes after all that it follows
            if migration.revision in applied:
                applied.update(migration.before)
        return tuple(m for m in self.migrations if m.revision not in applied)

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
    """The history of this code's migrations; read once, because they do not change."""
    return read_history(scripts())


def read_history(directory: ScriptDirectory) -> History:
    """Run each `upgrade()` without a database, and note what it would do."""
    newest_first = directory.walk_revisions()
    return History(tuple(_read(script) for script in newest_first)[::-1])


def _read(script: Script) -> Migration:
    notes = rehearsed(script.module.upgrade)
    adds, changes, drops = map(frozenset, (notes.adds, notes.changes, notes.drops))
    return Migration(
        script.revision,
        script.doc.rstrip("."),
        *(adds, changes, drops, tuple(notes.raw)),
        renames=frozenset(notes.renames),
        before=(*to_tuple(script.down_revision, ()), *to_tuple(script.dependencies, ())),
        sql=notes.sql,
    )


def rehearsed(step: Callable[[], None]) -> "Notes":
    """What an `upgrade()` or a `downgrade()` would do, found by running it without a database."""
    written = io.StringIO()
    offline = {"as_sql": True, "output_buffer": written}
    context = MigrationContext.configure(dialect_name="postgresql", opts=offline)
    notes = Notes()
    with _one_reader, Operations.context(context) as op:  # `op` is one for the whole process
        carry_out = op.invoke

        def note_and_carry_out(operation: MigrateOperation) -> Any:  # noqa: ANN401  as Alembic's
            notes.take(operation)
            return carry_out(operation)

        def note_the_question() -> None:
            notes.asks = True

        op.invoke = note_and_carry_out  # type: ignore[method-assign]
        op.get_bind = note_the_question  # type: ignore[method-assign, assignment]
        # A migration that queries the database gets no answer here. It is known up to that query.
        try:
            step()
        except Exception:  # noqa: BLE001  a missing answer may raise anything
            notes.asks = True
    notes.written = written.getvalue()
    return notes


class Notes:
    """What one migration would do."""

    def __init__(self) -> None:
        self.adds: set[Piece] = set()
        self.changes: set[Piece] = set()
        self.drops: set[Piece] = set()
        self.raw: list[str] = []
        self.renames: set[tuple[str, str]] = set()
        self.types: dict[Piece, str] = {}
        """The types of the columns that it adds to tables."""
        self.asks = False
        """Whether it queries the database, so that it may do more than is seen here."""
        self.written = ""

    @property
    def sql(self) -> str | None:
        return None if self.asks else self.written

    def take(self, operation: MigrateOperation) -> None:  # noqa: C901  a case for each
        match operation:
            case ops.CreateTableOp(table_name=table):
                self.adds.add(Piece("table", table, table))
                self.adds.update(_parts(table, operation.to_table()))
            case ops.AddColumnOp(table_name=table, column=column):
                self.adds.update(_column(table, column))
                self.types[Piece("column", table, column.name)] = column.type.compile(POSTGRESQL)
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
        self.renames.add((table, new))
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
