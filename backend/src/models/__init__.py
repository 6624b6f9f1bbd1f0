"""Every table. Importing this package fills `metadata`, which migrations are compared with."""

from src.models.base import metadata
from src.models.instance import AppliedMigration, EndpointProbe, Instance
from src.models.user import User

__all__ = ["AppliedMigration", "EndpointProbe", "Instance", "User", "metadata"]
