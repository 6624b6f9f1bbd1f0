"""Binds a session to its credentials: another password ends it.

An account without a password has a value of its own, so the session also ends when one is set.
"""

from sqlalchemy import ColumnElement, func

from src.kit.sealing import fingerprint
from src.models import User

NO_PASSWORD = b"\x00"
"""It cannot be a SHA-256, because it has one byte."""


def binding(password_hash: str | None) -> bytes:
    return NO_PASSWORD if password_hash is None else fingerprint(password_hash)


def binding_of_user() -> ColumnElement[bytes]:
    """The same in SQL, for the stored user."""
    # With its schema, since another role could add a function of that name that matches better.
    pg = func.pg_catalog
    password = pg.sha256(pg.convert_to(User.password_hash, "UTF8"))
    return func.coalesce(password, pg.decode("00", "hex"))
