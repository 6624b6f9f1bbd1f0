"""Record where the instance is.

Revision ID: 5e0c3a91d7f4
Revises: c7b55df7b88f
Create Date: 2026-11-27 09:30:12.604118+00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "5e0c3a91d7f4"
down_revision: str | None = "c7b55df7b88f"
branch_labels: None = None
depends_on: None = None

MAY_ASK = "SELECT has_function_privilege(to_regprocedure('pg_control_system()')::oid, 'EXECUTE')"
RECORD = """
UPDATE instance
SET system_identifier = ({cluster}),
    database_oid = (SELECT oid FROM pg_database WHERE datname = current_database()),
    timeline = nullif(current_setting('neon.timeline_id', true), '')
"""
CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"


def upgrade() -> None:
    op.add_column("instance", sa.Column("system_identifier", sa.Text(), nullable=True))
    op.add_column("instance", sa.Column("database_oid", sa.BigInteger(), nullable=True))
    op.add_column("instance", sa.Column("timeline", sa.Text(), nullable=True))
    op.add_column("instance", sa.Column("forked_at", sa.DateTime(timezone=True), nullable=True))
    # No DO block, which AUTO_MIGRATE would not apply by itself. Written as SQL, it asks.
    may_ask = op.get_context().as_sql or op.get_bind().execute(sa.text(MAY_ASK)).scalar()
    op.execute(RECORD.format(cluster=CLUSTER if may_ask else "NULL"))


def downgrade() -> None:
    op.drop_column("instance", "forked_at")
    op.drop_column("instance", "timeline")
    op.drop_column("instance", "database_oid")
    op.drop_column("instance", "system_identifier")
