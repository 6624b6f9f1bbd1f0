"""Record when second factors were required.

Revision ID: 8c27e1d94b60
Revises: 5d1f0a7be2c4
Create Date: 2026-11-28 03:10:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "8c27e1d94b60"
down_revision: str | None = "5d1f0a7be2c4"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "requirement",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_requirement")),
    )


def downgrade() -> None:
    op.drop_table("requirement")
