"""The description of a second factor for an attempt to sign in."""

from typing import Protocol

from sqlmodel import Session


class SecondFactor(Protocol):
    """A factor that an account may need in addition to the first proof."""

    name: str
    """The name for clients, such as `totp`."""
    method: str
    """The methods of the proofs that satisfy it (RFC 8176)."""

    def is_enrolled(self, db: Session, user_id: int) -> bool: ...
