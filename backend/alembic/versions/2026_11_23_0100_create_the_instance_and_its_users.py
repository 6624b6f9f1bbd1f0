"""Create the instance and its users.

Revision ID: 8c1f0a7d2e41
Revises:
Create Date: 2026-11-23 01:00:00+00:00
"""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "8c1f0a7d2e41"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    instance = op.create_table(
        "instance",
        sa.Column("only_row", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_instance")),
        sa.CheckConstraint("only_row", name=op.f("ck_instance_only_row")),
    )
    op.bulk_insert(instance, [{"only_row": True, "id": uuid4(), "created_at": datetime.now(UTC)}])
    op.create_table(
        "applied_migration",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_applied_migration")),
    )
    op.create_table(
        "endpoint_probe",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_endpoint_probe")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email_key", name=op.f("uq_user_email_key")),
    )


def downgrade() -> None:
    op.drop_table("user")
    op.drop_table("endpoint_probe")
    op.drop_table("applied_migration")
    op.drop_table("instance")
