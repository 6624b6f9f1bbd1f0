"""A migration that follows the newest one."""

from pathlib import Path

from src.schema.migrations.history import own_history

SOURCE = '''"""Do something."""
import sqlalchemy as sa
from alembic import op
revision = "{revision}"
down_revision = "{follows}"
branch_labels = depends_on = None
def upgrade() -> None:
    {code}
def downgrade() -> None:
    pass
'''
NEXT = "ffff00000001"


def add_migration(
    backend: Path, sql: str = "", *, revision: str = NEXT, follows: str = "", code: str = ""
) -> Path:
    """Add it to this checkout's backend; it runs `sql`, or this line of code."""
    source = SOURCE.format(
        revision=revision,
        follows=follows or own_history().head,
        code=code or f"op.execute({sql!r})",
    )
    (backend / f"alembic/versions/2099_01_01_0000_{revision}.py").write_text(source)
    return backend
