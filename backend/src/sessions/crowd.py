"""Whether all people seem to have one address, because a proxy hides their own.

If so, limits by address count all people as one client.
"""

from sqlalchemy import Float, cast, func
from sqlmodel import Session, col, select

from src.models import UserSession

LATEST = 500
"""How many of the last sign-ins are examined."""
CROWD = 20
"""The least number of people: fewer could be in one office."""
SHARE = 0.9
"""The share of these sign-ins. A few may not use the proxy, or came before it existed."""


def one_address(db: Session) -> tuple[int, str] | None:
    """How many people recently signed in from one address, and which. None if only few did."""
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
