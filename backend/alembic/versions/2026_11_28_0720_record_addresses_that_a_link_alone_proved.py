"""Record addresses that a link alone proved.

Revision ID: e41c9a7d0b36
Revises: b3e60d52f7a8
Create Date: 2026-11-28 07:20:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "e41c9a7d0b36"
down_revision: str | None = "b3e60d52f7a8"
branch_labels: None = None
depends_on: None = None

TABLES = "user", "mailed_token"


def upgrade() -> None:
    for table in TABLES:
        when = sa.Column("verified_alone_at", sa.DateTime(timezone=True), nullable=True)
        op.add_column(table, when)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "verified_alone_at")
