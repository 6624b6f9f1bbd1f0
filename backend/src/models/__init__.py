"""Every table. Importing this package fills `metadata`, which migrations are compared with."""

from src.models.base import metadata
from src.models.instance import AppliedMigration, EndpointProbe, Instance
from src.models.signing_key import StoredKey
from src.models.user import User
from src.models.user_session import UserSession

__all__ = [
    "AppliedMigration",
    "EndpointProbe",
    "Instance",
    "StoredKey",
    "User",
    "UserSession",
    "metadata",
]
