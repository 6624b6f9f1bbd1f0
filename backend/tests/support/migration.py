"""A migration that follows the newest one."""

from pathlib import Path

from src.database.migration_history import own_history

SOURCE = '''"""Do something."""
from alembic import op
revision = "ffff00000001"
down_revision = "{head}"
branch_labels = depends_on = None
def upgrade() -> None:
    op.execute({sql!r})
'''


def add_migration(backend: Path, sql: str) -> Path:
    """Add it to this checkout's backend; it runs `sql`."""
    source = SOURCE.format(head=own_history().head, sql=sql)
    (backend / "alembic/versions/2099_01_01_0000_next.py").write_text(source)
    return backend
