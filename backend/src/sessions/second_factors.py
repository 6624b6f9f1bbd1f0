"""The second factors that this service knows, and which of them an account needs."""

from collections.abc import Sequence
from typing import Protocol

from sqlmodel import Session


class SecondFactor(Protocol):
    """A factor that an account may need in addition to the first proof."""

    name: str
    """The name for clients, such as `totp`."""
    method: str
    """The method of the proof (RFC 8176)."""
    is_substitute: bool
    """Whether it only takes the place of another one. By itself it makes no account need it."""

    def is_enrolled(self, db: Session, user_id: int) -> bool: ...

    def remove(self, db: Session, user_id: int) -> None:
        """Remove it, if the account has it."""


SecondFactors = Sequence[SecondFactor]


def required(db: Session, user_id: int, known: SecondFactors) -> tuple[str, ...]:
    """The names of those of which the account needs one. Empty if it needs none."""
    enrolled = [one for one in known if not one.is_substitute and one.is_enrolled(db, user_id)]
    if not enrolled:
        return ()
    enrolled += [one for one in known if one.is_substitute and one.is_enrolled(db, user_id)]
    return tuple(one.name for one in enrolled)
