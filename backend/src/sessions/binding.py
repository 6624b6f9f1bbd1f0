"""What ties a session to the credentials that it began with: another password ends it.

That an account has no password is a value of its own, so a session ends when one appears, too.
"""

from sqlalchemy import ColumnElement, func

from src.kit.sealing import fingerprint
from src.models import User

NO_PASSWORD = b"\x00"
"""No SHA-256: it has one byte."""


def binding(password_hash: str | None) -> bytes:
    return NO_PASSWORD if password_hash is None else fingerprint(password_hash)


def binding_of_user() -> ColumnElement[bytes]:
    """The same in SQL, of the user as stored now."""
    # By its schema: another role's function of that name in ours could fit the arguments better.
    pg = func.pg_catalog
    password = pg.sha256(pg.convert_to(User.password_hash, "UTF8"))
    return func.coalesce(password, pg.decode("00", "hex"))
