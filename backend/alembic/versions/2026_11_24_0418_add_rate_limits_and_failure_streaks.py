"""Add rate limits and failure streaks.

Revision ID: c7b55df7b88f
Revises: 9abdde28927b
Create Date: 2026-11-24 04:18:16.193479+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "c7b55df7b88f"
down_revision: str | None = "9abdde28927b"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
    )
    op.create_index(op.f("ix_rate_limit_full_at"), "rate_limit", ["full_at"])
    op.create_table(
        "failure_streak",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failure_streak")),
    )
    op.create_index(op.f("ix_failure_streak_last_at"), "failure_streak", ["last_at"])


def downgrade() -> None:
    op.drop_table("failure_streak")
    op.drop_table("rate_limit")
