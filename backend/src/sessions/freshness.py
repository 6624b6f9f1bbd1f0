"""Which proof of a session counts, and the requests that need a recent one.

`counting` is the one rule: the API and the tokens, which other services read, follow it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from src.keys.signing_keys import LEEWAY
from src.kit.clock import now
from src.models import User, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.assurance import TWO_FACTORS, Shown, level_of
from src.sessions.errors import ReauthenticationRequired, SessionRevoked
from src.sessions.liveness import proven
from src.sessions.second_factors import SecondFactors, needs_one, of_session, offers, required
from src.sessions.tokens import amr_of

FRESH_FOR = timedelta(minutes=10)
"""How long a proof counts as recent."""
PASSWORD = "password"  # noqa: S105  the name of a factor


def require_fresh(db: Session, claims: Claims, known: SecondFactors) -> None:
    """Raise `ReauthenticationRequired` unless the last proof that counts was within `FRESH_FOR`.

    Raises `SessionRevoked`.
    """
    columns = proven, col(UserSession.amr), needs_one(claims.user_id, known)
    last = select(*columns).where(col(UserSession.id) == claims.session_id)
    row = db.exec(last).first()
    if row is None:
        raise SessionRevoked
    proven_at, amr, needs_second = row
    shown = Shown(amr_of(amr), proven_at)
    counts_from = counting(shown, needs_second=needs_second)
    if counts_from is None or now() - counts_from > FRESH_FOR:
        second, asked_by = required(db, claims.user_id, known), of_session(claims.session_id)
        offered = offers(db, claims.user_id, known, asked_by=asked_by, beside=shown.amr)
        raise ReauthenticationRequired(second or _first(db, claims), offered)


def counting(shown: Shown, *, needs_second: bool) -> datetime | None:
    """When the person last gave a proof that is enough for the account. None: never.

    If the account has a second factor, only a proof with a second factor counts.
    """
    # The clock of another server may be a little ahead.
    is_in_future = shown.at > now() + LEEWAY
    if is_in_future or (needs_second and level_of(shown.amr) != TWO_FACTORS):
        return None
    return shown.at


def claims_of(
    user_id: int, session_id: int, generation: int, shown: Shown, *, needs_second: bool
) -> Claims:
    """What the tokens of the session say, at this generation."""
    counts_from = counting(shown, needs_second=needs_second)
    return Claims(user_id, session_id, generation, authenticated_at=counts_from, amr=shown.amr)


def require_second(db: Session, claims: Claims, known: SecondFactors) -> None:
    """The same for a request that proves the password itself: about second factors only."""
    if required(db, claims.user_id, known):
        require_fresh(db, claims, known)


def _first(db: Session, claims: Claims) -> tuple[str, ...]:
    has_password = select(col(User.password_hash).is_not(None)).where(User.id == claims.user_id)
    return (PASSWORD,) if db.exec(has_password).first() else ()
