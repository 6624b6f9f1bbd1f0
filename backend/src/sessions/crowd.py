"""Whether all people seem to come from one address: then a proxy hides them, and shares one budget.

Limits by address would throttle everybody together, and see nobody who guesses.
"""

from sqlalchemy import func
from sqlmodel import Session, col, select

from src.models import UserSession

LATEST = 500
"""Sign-ins that are looked at."""
CROWD = 20
"""People: fewer may well sit in one office."""


def one_address(db: Session) -> tuple[int, str] | None:
    """How many people came from which one address of late; None where they are few, or spread."""
    latest = (
        select(UserSession.user_id, UserSession.ip)
        .order_by(col(UserSession.id).desc())
        .limit(LATEST)
        .subquery()
    )
    people = func.count(func.distinct(latest.c.user_id))
    addresses = func.count(func.distinct(func.coalesce(latest.c.ip, "")))
    seen, different, address = db.exec(select(people, addresses, func.max(latest.c.ip))).one()
    return (seen, address or "unknown") if seen >= CROWD and different == 1 else None
