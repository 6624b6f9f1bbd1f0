"""${message}.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""

# Written for the previous release, which is still running while this is applied: add columns as
# nullable or with a default, backfill in batches, enforce and remove in a later release. A lock is
# waited for 4 s and a statement runs 5 s at most. Constraints carry names.

import sqlalchemy as sa
import sqlmodel
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: None = ${repr(branch_labels)}
depends_on: None = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
% if upgrades and (".drop_table(" in upgrades or ".drop_column(" in upgrades):
    # What upgrade() drops is empty after a downgrade: only a backup has the data.
% endif
    ${downgrades if downgrades else "pass"}
