"""Whether all people seem to come from one address: then a proxy hides them, and shares one budget.

Limits by address would throttle everybody together, and see nobody who guesses.
"""

from sqlalchemy import Float, cast, func
from sqlmodel import Session, col, select

from src.models import UserSession

LATEST = 500
"""Sign-ins that are looked at."""
CROWD = 20
"""People: fewer may well sit in one office."""
SHARE = 0.9
"""Of these sign-ins: a few always come another way, past the proxy or before it stood there."""


def one_address(db: Session) -> tuple[int, str] | None:
    """How many people came from which one address of late; None where they are few, or spread."""
    latest = (
        select(UserSession.user_id, UserSession.ip)
        .order_by(col(UserSession.id).desc())
        .limit(LATEST)
        .subquery()
    )
    sessions, people = func.count(), func.count(func.distinct(latest.c.user_id))
    share = cast(sessions, Float) / func.sum(sessions).over()
    by_address = select(latest.c.ip, people, share).group_by(latest.c.ip)
    row = db.exec(by_address.order_by(sessions.desc()).limit(1)).first()
    if row is None or row[1] < CROWD or row[2] < SHARE:
        return None
    return row[1], row[0] or "unknown"
