"""Add the outbox, and the tokens that go out by mail.

Revision ID: 7cce9ee8dc86
Revises: d92f5a7be310
Create Date: 2026-11-27 20:06:31.874345+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "7cce9ee8dc86"
down_revision: str | None = "d92f5a7be310"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "mailed_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("is_proved", sa.Boolean(), nullable=False),
        sa.Column("password_fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("attempt_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("lifetime", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_mailed_token_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_token")),
        sa.UniqueConstraint("attempt_digest", name=op.f("uq_mailed_token_attempt_digest")),
        sa.UniqueConstraint("digest", name=op.f("uq_mailed_token_digest")),
    )
    op.create_index(
        op.f("ix_mailed_token_address_key"), "mailed_token", ["address_key"], unique=False
    )
    op.create_index(
        op.f("ix_mailed_token_expires_at"), "mailed_token", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_mailed_token_user_id"), "mailed_token", ["user_id"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["mailed_token.id"],
            name=op.f("fk_mail_token_id_mailed_token"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_mail_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(
        "ix_mail_open",
        "mail",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index("ix_mail_sent_at", "mail", ["sent_at"], unique=False)
    op.create_index(op.f("ix_mail_token_id"), "mail", ["token_id"], unique=False)
    op.create_index(op.f("ix_mail_user_id"), "mail", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("mailed_token")
