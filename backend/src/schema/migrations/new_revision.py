"""Warns about what a new migration drops.

To run it: `python -m src.schema.migrations.new_revision FILE`.
Alembic runs it after it has written the file, so the developer reads this before applying it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from alembic.util import load_python_file

from src.schema.migrations.history import Piece, rehearsed
from src.schema.migrations.losses import Run


def warnings(path: Path) -> Iterator[str]:
    """A line for each thing that the migration drops, and for each pair that may be a rename."""
    module = load_python_file(str(path.parent), path.name)
    upgrade = rehearsed(module.upgrade)
    for loss in Run().read(upgrade.written).losses:
        yield f"WARNING: {path.name} {loss}. What is in it is lost when this is applied."
    dropped = rehearsed(module.downgrade).types
    for gone, its_type in sorted(dropped.items(), key=lambda item: item[0].name):
        for new in _alike(gone, its_type, upgrade.types):
            yield (
                f"Was {gone.table}.{gone.name} renamed to {new.name}? Then write instead: "
                f'op.alter_column("{gone.table}", "{gone.name}", new_column_name="{new.name}")'
            )


def _alike(gone: Piece, its_type: str, added: dict[Piece, str]) -> Iterator[Piece]:
    for piece, type_ in added.items():
        if (piece.table, type_) == (gone.table, its_type):
            yield piece


if __name__ == "__main__":
    for line in warnings(Path(sys.argv[1])):
        sys.stderr.write(f"{line}\n")
