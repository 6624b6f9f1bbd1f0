"""Let one account have an address key.

Apart from the new column, whose lock would keep out readers until the index is made.

Revision ID: d92f5a7be310
Revises: b41e6d0c9a72
Create Date: 2026-11-27 16:31:27.512093+00:00
"""

from alembic import op

revision: str = "d92f5a7be310"
down_revision: str | None = "b41e6d0c9a72"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index(op.f("ix_user_address_key"), "user", ["address_key"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_user_address_key"), table_name="user")
