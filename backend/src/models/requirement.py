"""When this service first required something of every account."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints


class Requirement(SQLModel, table=True):
    """A row for each requirement. Grace periods of accounts count from `since`."""

    __tablename__ = "requirement"

    name: str = Field(primary_key=True, sa_type=Text)
    """`second_factor`: REQUIRE_SECOND_FACTOR."""
    since: datetime
