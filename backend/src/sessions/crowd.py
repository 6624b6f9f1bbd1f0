"""Whether all people seem to come from one address: then a proxy hides their own.

Limits by address would then count all people as one client.
"""

from sqlalchemy import Float, cast, func
from sqlmodel import Session, col, select

from src.models import UserSession

LATEST = 500
"""Sign-ins that are looked at."""
CROWD = 20
"""People: fewer may well sit in one office."""
SHARE = 0.9
"""Of these sign-ins. A few come past the proxy, or came before it was there."""


def one_address(db: Session) -> tuple[int, str] | None:
    """How many people signed in from one address lately, and from which; None if few did."""
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
