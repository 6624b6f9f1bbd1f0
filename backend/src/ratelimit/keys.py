"""What the rows of limits have in common."""

import hashlib

from sqlalchemy import func

KEY_BYTES = 16

LAZILY = func.set_config("synchronous_commit", "off", True)
"""In a statement: its commit does not wait for the disk.

A crash of the database forgets the last moment of counting; a restart does not.
"""


def key_of(name: str, subject: str) -> bytes:
    """A digest: people mistake fields, and what they typed into one is not kept."""
    return hashlib.sha256(f"{name} {subject}".encode()).digest()[:KEY_BYTES]
