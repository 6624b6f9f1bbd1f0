"""Add resets of second factors.

Revision ID: b3e60d52f7a8
Revises: 5c1f0e7d2a94
Create Date: 2026-11-28 03:40:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "b3e60d52f7a8"
down_revision: str | None = "5c1f0e7d2a94"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_factor_reset_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
    )
    op.create_index(
        "ix_factor_reset_pending",
        "factor_reset",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_factor_reset_user_id"), "factor_reset", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("factor_reset")
