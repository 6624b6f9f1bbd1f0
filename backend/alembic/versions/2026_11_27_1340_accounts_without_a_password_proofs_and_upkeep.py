"""Accounts without a password, times of proofs, and jobs of upkeep.

Revision ID: 8d41c7e2b5a9
Revises: 5e0c3a91d7f4
Create Date: 2026-11-27 13:40:18.220451+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "8d41c7e2b5a9"
down_revision: str | None = "5e0c3a91d7f4"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.alter_column("user", "password_hash", existing_type=sa.Text(), nullable=True)
    # What the downgrade has written; no other account has such a hash.
    op.execute("UPDATE \"user\" SET password_hash = NULL WHERE password_hash = ''")
    op.add_column(
        "session", sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("session", sa.Column("amr", sa.Text(), nullable=True))
    op.create_table(
        "upkeep_job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep_job")),
    )


def downgrade() -> None:
    op.drop_table("upkeep_job")
    op.drop_column("session", "amr")
    op.drop_column("session", "authenticated_at")
    # An account without a password keeps its row, with a hash that no password has.
    op.execute("UPDATE \"user\" SET password_hash = '' WHERE password_hash IS NULL")
    op.alter_column("user", "password_hash", existing_type=sa.Text(), nullable=False)
