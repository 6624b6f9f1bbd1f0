"""Requests that need a recent proof of who somebody is."""

from datetime import timedelta

from sqlmodel import Session, col, select

from src.keys.signing_keys import LEEWAY
from src.kit.clock import now
from src.models import User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.assurance import TWO_FACTORS, level_of
from src.sessions.errors import ReauthenticationRequired
from src.sessions.liveness import proven
from src.sessions.second_factors import SecondFactors, of_session, offers, required
from src.sessions.tokens import amr_of

FRESH_FOR = timedelta(minutes=10)
"""How long a proof counts as recent."""
PASSWORD = "password"  # noqa: S105  the name of a factor


def require_fresh(db: Session, claims: Claims, known: SecondFactors) -> None:
    """Raise `ReauthenticationRequired` unless the last proof was within `FRESH_FOR`.

    If the account has a second factor, only a proof with a second factor counts.
    """
    second = required(db, claims.user_id, known)
    last = select(proven, UserSession.amr).where(col(UserSession.id) == claims.session_id)
    proven_at, amr = db.exec(last).one()
    # The clock of another server may be a little ahead.
    is_recent = -LEEWAY <= now() - proven_at <= FRESH_FOR
    if not is_recent or (second and level_of(amr_of(amr)) != TWO_FACTORS):
        asked_by, beside = of_session(claims.session_id), amr_of(amr)
        offered = offers(db, claims.user_id, known, asked_by=asked_by, beside=beside)
        raise ReauthenticationRequired(second or _first(db, claims), offered)


def require_second(db: Session, claims: Claims, known: SecondFactors) -> None:
    """The same for a request that proves the password itself: about second factors only."""
    if required(db, claims.user_id, known):
        require_fresh(db, claims, known)


def _first(db: Session, claims: Claims) -> tuple[str, ...]:
    has_password = select(col(User.password_hash).is_not(None)).where(User.id == claims.user_id)
    return (PASSWORD,) if db.exec(has_password).one() else ()
