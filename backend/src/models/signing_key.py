"""The keys that sign access tokens."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

import src.models.base  # noqa: F401  names the constraints
from src.kit.clock import now


class StoredKey(SQLModel, table=True):
    """A key is published when it is stored. It signs from `signs_from` until a newer key does."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True, sa_type=Text)
    algorithm: str = Field(sa_type=Text)
    sealed_key: str = Field(sa_type=Text, repr=False)
    """PKCS #8, sealed under a key derived from `SECRET_KEY`.

    The public key is not stored beside it: an attacker who can write to this table, but does not
    know the secret, cannot add a key that would be trusted.
    """
    created_at: datetime = Field(default_factory=now)
    signs_from: datetime
    longest_ttl: int
    """Seconds: the longest life of a token that it has signed."""
