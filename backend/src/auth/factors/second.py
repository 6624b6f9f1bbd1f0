"""A second factor, as an attempt to sign in knows it."""

from typing import Protocol

from sqlmodel import Session


class SecondFactor(Protocol):
    """What an account may demand besides the first proof."""

    name: str
    """As clients know it, such as `totp`."""
    method: str
    """Of the proofs that satisfy it (RFC 8176)."""

    def is_enrolled(self, db: Session, user_id: int) -> bool: ...
