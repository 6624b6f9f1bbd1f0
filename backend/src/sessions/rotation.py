"""Refreshing: a token is valid once, and the previous token only while that is safe."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.kit.clock import is_within, now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import Instance, User, UserSession
from src.sessions.assurance import Shown
from src.sessions.errors import RefreshTokenReused, SessionRevoked
from src.sessions.freshness import claims_of
from src.sessions.liveness import UNCONFIRMED_FOR, counts, idle_until, proven, this_instance
from src.sessions.refresh_tokens import Presented
from src.sessions.second_factors import SecondFactors, needs_one
from src.sessions.steps import EndedBy, end
from src.sessions.tokens import Grant, amr_of
from src.settings import get_settings

MAX_HANDOUTS = 10
"""How often the tokens of one generation may be issued again because answers were lost."""


def rotate(db: Session, presented: Presented, known: SecondFactors) -> Grant:
    """Add one to the session's generation. Of several requests at once, the database lets one.

    The previous token gives the current tokens again, if these are younger than REFRESH_GRACE or
    were never seen in use. An older token ends the session: `RefreshTokenReused`.
    """
    while (grant := _next(db, presented, known)) is None:
        # The lock prevents changes of the session after the next statement has read it.
        lock = select(UserSession.id).where(*_named(presented))
        db.exec(lock.with_for_update())
        needed = needs_one(col(UserSession.user_id), known)
        stored = select(UserSession, this_instance, needed).where(
            *_named(presented), *counts(now())
        )
        found = db.exec(stored.execution_options(populate_existing=True)).first()
        if found is None:
            raise SessionRevoked
        current, instance, needs_second = found
        if current.generation > presented.generation:
            return _again(db, presented, current, instance, needs_second=needs_second)
        # While the first statement waited, another request changed it, but did not rotate.
    return grant


def _next(db: Session, presented: Presented, known: SecondFactors) -> Grant | None:
    """Rotate if the token is the current one. It is one statement, so the database decides races.

    If the token's generation is ahead of the row, the database has lost a rotation in a restore or
    a failover. The token proves that, so it is accepted.
    """
    at, generation = now(), presented.generation
    rotated = db.exec(
        update(UserSession)
        .where(
            *_named(presented),
            *counts(at),
            col(UserSession.generation) <= generation,
        )
        .values(
            generation=generation + 1,
            seen_generation=func.greatest(UserSession.seen_generation, generation),
            handed_out_at=at,
            handouts=1,
            last_used_at=at,
            idle_expires_at=idle_until(at),
        )
        .returning(
            col(UserSession.user_id),
            col(UserSession.expires_at),
            this_instance,
            proven,
            col(UserSession.amr),
            needs_one(col(UserSession.user_id), known),
        )
        .execution_options(synchronize_session=False)
    ).first()
    if rotated is None:
        return None
    user_id, expires_at, instance, proven_at, amr, needs_second = rotated
    shown, ids = Shown(amr_of(amr), proven_at), (user_id, presented.session_id)
    claims = claims_of(*ids, generation + 1, shown, needs_second=needs_second)
    return Grant(claims, presented.began_at, expires_at, instance)


def _again(
    db: Session,
    presented: Presented,
    current: UserSession,
    instance: UUID,
    *,
    needs_second: bool,
) -> Grant:
    grace = timedelta(seconds=get_settings().refresh_grace)
    just_before = current.generation == presented.generation + 1
    unseen = current.seen_generation < current.generation
    if not (just_before and (unseen or is_within(current.handed_out_at, grace))):
        whose = {"user_id": current.user_id, "session_id": presented.session_id}
        generations = {"presented": presented.generation, "current": current.generation}
        events.record_on_commit(db, Event.TOKEN_REUSED, **whose, **generations)
        end(db, col(UserSession.id) == presented.session_id, by=EndedBy.TOKEN_REUSE, **whose)
        _notify(db, current)
        raise RefreshTokenReused
    if unseen:
        _hand_out_again(current)
    shown = Shown(amr_of(current.amr), current.authenticated_at or current.created_at)
    ids = current.user_id, presented.session_id
    claims = claims_of(*ids, current.generation, shown, needs_second=needs_second)
    return Grant(claims, presented.began_at, current.expires_at, instance)


def _notify(db: Session, ended: UserSession) -> None:
    device, address = ended.user_agent, ended.ip
    user = db.get_one(User, ended.user_id)
    notify(db, Kind.TOKEN_REUSED, user, device=device, network_address=address)


def _hand_out_again(current: UserSession) -> None:
    """Start the minute without proof of receipt again, since the new answer may be lost too.

    It starts again a few times only. Otherwise a stolen older token would work forever, unnoticed.
    """
    at = now()
    if current.handouts < MAX_HANDOUTS and at >= current.handed_out_at + UNCONFIRMED_FOR / 2:
        current.handed_out_at, current.handouts = at, current.handouts + 1


def _named(presented: Presented) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UserSession.id) == presented.session_id,
        col(UserSession.created_at) == presented.began_at,
        _of_this_instance(presented),
    )


def _of_this_instance(presented: Presented) -> ColumnElement[bool]:
    """Refuse a token of the original database in its copy, and the other way round.

    Older tokens name no instance: they are valid until they rotate or the database forks.
    """
    if presented.instance is not None:
        return this_instance == presented.instance
    return select(col(Instance.forked_at).is_(None)).scalar_subquery()
