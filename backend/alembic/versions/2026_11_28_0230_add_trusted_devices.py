"""Add trusted devices.

Revision ID: 5d1f0a7be2c4
Revises: 04968eb151f0
Create Date: 2026-11-28 02:30:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "5d1f0a7be2c4"
down_revision: str | None = "04968eb151f0"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "trusted_device",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_trusted_device_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_device")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_trusted_device_user_id")),
    )
    op.create_index(
        op.f("ix_trusted_device_expires_at"), "trusted_device", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("trusted_device")
