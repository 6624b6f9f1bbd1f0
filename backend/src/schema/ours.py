"""What in a database is ours: one answer for autogenerate, the schema's state and the doctor.

A table is ours if the models or the migrations name it. A part of such a table may be dropped only
if a migration adds it. Everything else belongs to others, and is neither altered nor dropped.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import MetaData

from src.schema.migrations.history import History, Kind, Piece
from src.schema.privileges import VERSION_TABLE

KINDS: dict[str, Kind] = {
    "table": "table",
    "column": "column",
    "index": "index",
    "unique_constraint": "constraint",
    "foreign_key_constraint": "constraint",
    "check_constraint": "constraint",
}
"""From Alembic's names for what it compares to the kinds of pieces in migrations."""


@dataclass(frozen=True)
class Ours:
    """Decides by the models and the migrations what is ours."""

    metadata: MetaData
    history: History

    @cached_property
    def tables(self) -> frozenset[str]:
        return self.history.tables | {*self.metadata.tables, VERSION_TABLE}

    def may_drop(self, piece: Piece) -> bool:
        """Whether a migration has added `piece`, which the models do not have."""
        if piece.kind == "table":
            return piece.table in self.tables
        return any(self._adds(Piece(piece.kind, name, piece.name)) for name in self._names(piece))

    def include_name(self, name: str | None, kind: str, _parents: object) -> bool:
        """Alembic asks whether to look at the object with this name."""
        return kind != "table" or name in self.tables

    def include_object(
        self, item: Any, name: str | None, kind: str, reflected: bool, compare_to: object  # noqa: ANN401, FBT001
    ) -> bool:  # fmt: skip
        """Alembic asks whether to compare this. It would drop what the models do not have."""
        if not reflected or compare_to is not None or kind not in KINDS:
            return True
        table = name if kind == "table" else item.table.name
        return self.may_drop(Piece(KINDS[kind], str(table), str(name)))

    def _adds(self, piece: Piece) -> bool:
        return any(
            piece in migration.adds or migration.adds_in_text(piece, of=piece.table)
            for migration in self.history.migrations
        )

    def _names(self, piece: Piece) -> Collection[str]:
        """The names that the piece's table has had."""
        names = {piece.table}
        for migration in self.history.migrations[::-1]:
            names.update(old for old, new in migration.renames if new in names)
        return names
