"""A person's own view of their account."""

from datetime import datetime

from pydantic import BaseModel

from src.auth.schemas import Name, Password
from src.web.strict_json import Body


class Profile(BaseModel):
    id: int
    email: str
    name: str | None
    email_verified: bool
    created_at: datetime
    updated_at: datetime


class ProfileUpdate(Body):
    """An absent field stays as it is; `null` or an empty name removes it."""

    name: Name = None


class ProfileDeletion(Body):
    password: Password
