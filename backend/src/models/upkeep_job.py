"""Jobs that keep tables bounded: when each is due, and which process runs it."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints


class UpkeepJob(SQLModel, table=True):
    __tablename__ = "upkeep_job"

    name: str = Field(primary_key=True, sa_type=Text)
    due_at: datetime
    leased_until: datetime | None = None
    """Until then one process runs the job. After that it counts as dead: another may run it."""
    done_at: datetime | None = None
    """When the job last succeeded."""
