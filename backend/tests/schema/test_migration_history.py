"""What a migration adds is read from the migration itself, however it is written."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from src.models import metadata
from src.schema.migrations.history import History, Piece, own_history, read_history
from src.schema.migrations.runner import alembic_config
from tests.support.service import checkout

SOURCE = '''"""{title}."""
import sqlalchemy as sa
from alembic import op
revision = "{revision}"
down_revision = "{before}"
branch_labels = depends_on = None
def upgrade() -> None:
    {body}
def downgrade() -> None:
    pass
'''
BODIES = {
    "add a column": 'op.add_column("user", sa.Column("nickname", sa.Text()))',
    "rename a column": 'op.alter_column("user", "name", new_column_name="full_name")',
    "make an index": 'op.create_index("ix_user_name", "user", ["name"])',
    "make a constraint": 'op.create_unique_constraint("uq_user_name", "user", ["name"])',
    "refer to a table": 'op.create_foreign_key("fk_a", "user", "instance", ["id"], ["only_row"])',
    "say it in SQL": "op.execute('ALTER TABLE \"user\" ADD COLUMN shoe_size int')",
    "ask the database": 'op.add_column("user", sa.Column("early", sa.Text())); '
    'op.get_bind().execute(sa.text("SELECT 1")).scalar()',
    "tighten": 'op.alter_column("user", "nickname", nullable=False)',
    "drop": 'op.drop_column("user", "email_verified_at")',
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Our own migrations, and one for each of `BODIES` after them."""
    backend = checkout(tmp_path_factory.mktemp("history"))
    before = own_history().head
    for number, (title, body) in enumerate(BODIES.items()):
        revision = f"ffff{number:08d}"
        source = SOURCE.format(title=title, revision=revision, before=before, body=body)
        Path(backend / f"alembic/versions/{number}.py").write_text(source)
        before = revision
    return read_history(ScriptDirectory.from_config(alembic_config(backend)))


def title_of(history: History, kind: str, name: str, table: str = "user") -> str | None:
    migration = history.adding(Piece(kind, table, name))  # type: ignore[arg-type]
    return migration.title if migration else None


def test_every_table_and_column_of_the_models_has_its_migration() -> None:
    for table in metadata.sorted_tables:
        assert own_history().adding(Piece("table", table.name, table.name)), table.name
        for column in table.columns:
            assert own_history().adding(Piece("column", table.name, column.name)), column


def test_every_named_constraint_of_the_models_has_its_migration() -> None:
    for table in metadata.sorted_tables:
        for item in table.constraints:
            assert own_history().adding(Piece("constraint", table.name, str(item.name))), item.name


@pytest.mark.parametrize(
    ("kind", "name", "title"),
    [
        ("column", "nickname", "add a column"),
        ("column", "full_name", "rename a column"),
        ("index", "ix_user_name", "make an index"),
        ("constraint", "uq_user_name", "make a constraint"),
        ("constraint", "fk_a", "refer to a table"),
        ("column", "shoe_size", "say it in SQL"),
        ("column", "early", "ask the database"),
        ("column", "nowhere", None),
    ],
)
def test_the_migration_that_adds_a_piece_is_found(
    history: History, kind: str, name: str, title: str | None
) -> None:
    assert title_of(history, kind, name) == title


def test_the_migration_that_last_changes_a_column_is_found(history: History) -> None:
    shaping = history.shaping(Piece("column", "user", "nickname"))
    assert shaping is not None
    assert shaping.title == "tighten"


def test_the_migration_that_drops_a_piece_is_found(history: History) -> None:
    dropping = history.dropping(Piece("column", "user", "email_verified_at"))
    assert dropping is not None
    assert dropping.title == "drop"


def test_revisions_are_in_the_order_of_their_application(history: History) -> None:
    first = own_history().revisions
    assert history.revisions[: len(first)] == first
    assert history.head == f"ffff{len(BODIES) - 1:08d}"
    assert len(history.after(first[-1])) == len(BODIES)
    assert history.after(None) == history.migrations
    assert history.after(history.head) == ()
