"""The second factors that this service knows, and which of them an account needs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, select
from sqlmodel import Session

AccountId = int | SQLColumnExpression[int]
"""The id of an account, or the column that has it."""
NEVER = datetime.min.replace(tzinfo=UTC)


class SecondFactor(Protocol):
    """A factor that an account may need in addition to the first proof."""

    name: str
    """The name for clients, such as `totp`."""
    is_substitute: bool
    """Whether it only takes the place of another one. By itself it makes no account need it."""

    def enrolled(self, user_id: AccountId) -> ColumnElement[bool]:
        """The condition in SQL that the account has it."""
        ...

    def last_used_at(self, db: Session, user_id: int) -> datetime | None:
        """When the person last showed or added it. None: never, or that is not recorded."""
        ...

    def offer(
        self, db: Session, user_id: int, *, asked_by: str, beside: Sequence[str]
    ) -> Mapping[str, object]:
        """What a client needs to ask for it, as members of the refusal. A code needs nothing.

        `asked_by` names what the proof will count for, such as one session, and `beside` the
        methods of the proofs that stand beside it (RFC 8176).
        """
        ...

    def remove(self, db: Session, user_id: int) -> None:
        """Remove it, if the account has it."""


SecondFactors = Sequence[SecondFactor]


def of_account(db: Session, user_id: int, known: SecondFactors) -> list[SecondFactor]:
    """Those that the account has."""
    if not known:
        return []
    row = db.execute(select(*(one.enrolled(user_id) for one in known))).one()
    return [one for one, has in zip(known, row, strict=True) if has]


def needs_one(user_id: AccountId, known: SecondFactors) -> ColumnElement[bool]:
    """The condition in SQL that the account needs a second factor. `required` says which."""
    return or_(false(), *(one.enrolled(user_id) for one in known if not one.is_substitute))


def required(db: Session, user_id: int, known: SecondFactors) -> tuple[str, ...]:
    """The names of those of which the account needs one. Empty if it needs none.

    The last used comes first, since people prefer it, and what only takes its place comes last.
    """
    found = of_account(db, user_id, known)
    enrolled = [one for one in found if not one.is_substitute]
    if not enrolled:
        return ()
    if len(enrolled) > 1:
        used = {one.name: one.last_used_at(db, user_id) or NEVER for one in enrolled}
        enrolled.sort(key=lambda one: used[one.name], reverse=True)
    enrolled += [one for one in found if one.is_substitute]
    return tuple(one.name for one in enrolled)


def offers(
    db: Session, user_id: int, known: SecondFactors, *, asked_by: str, beside: Sequence[str]
) -> dict[str, object]:
    """What a client needs to ask for the factors that the account has."""
    found: dict[str, object] = {}
    for one in of_account(db, user_id, known):
        found |= one.offer(db, user_id, asked_by=asked_by, beside=beside)
    return found


def of_session(session_id: int) -> str:
    """What asks for a proof in a session."""
    return f"session {session_id}"
