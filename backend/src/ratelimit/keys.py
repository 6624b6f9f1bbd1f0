"""What all rows of limits share."""

import hashlib

from sqlalchemy import func

KEY_BYTES = 16

LAZILY = func.set_config("synchronous_commit", "off", True)
"""Used in a statement, so that its commit does not wait for the disk.

If the database crashes, the counts of the last moment are lost. A restart loses nothing.
"""


def key_of(name: str, subject: str) -> bytes:
    """A digest, because people may type a password into the wrong field: it must not be stored."""
    return hashlib.sha256(f"{name} {subject}".encode()).digest()[:KEY_BYTES]
