"""Second factors that are proved with a code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sqlmodel import Session

from src.models import User

Settle = Callable[[Session, User], None]


def nothing_to_offer(
    _factor: object, _db: Session, _user_id: int, *, asked_by: str, beside: Sequence[str]
) -> Mapping[str, object]:
    """The `offer` of factors with codes: a person just types one."""
    del asked_by, beside
    return {}


class CodeFactor(Protocol):
    """A `SecondFactor` whose proof is a code that a person types."""

    name: str
    method: str

    def check(self, db: Session, user_id: int, code: str) -> Settle:
        """What uses the code, if it is right. Raises `CodeInvalid`, and uses nothing itself."""
        ...
