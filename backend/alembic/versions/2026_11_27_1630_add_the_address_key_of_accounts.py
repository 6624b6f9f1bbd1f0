"""Add the address key of accounts.

Revision ID: b41e6d0c9a72
Revises: 8d41c7e2b5a9
Create Date: 2026-11-27 16:30:27.512093+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "b41e6d0c9a72"
down_revision: str | None = "8d41c7e2b5a9"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("user", sa.Column("address_key", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "address_key")
