"""Refreshing: a token is good once, and the one before it while that is no danger."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.kit.clock import is_within, now
from src.models import Instance, UserSession
from src.sessions.access_tokens import Claims
from src.sessions.errors import RefreshTokenReused, SessionRevoked
from src.sessions.liveness import UNCONFIRMED_FOR, counts, idle_until, proven, this_instance
from src.sessions.refresh_tokens import Presented
from src.sessions.steps import EndedBy, end
from src.sessions.tokens import Grant, amr_of
from src.settings import get_settings

MAX_HANDOUTS = 10
"""How often one generation may be handed out again because answers got lost."""


def rotate(db: Session, presented: Presented) -> Grant:
    """Count the session's generation one up; of several at once the database lets one do it.

    The token just before the current one gives the current one again, while that is younger than
    REFRESH_GRACE or was never seen in use. An older one ends the session: `RefreshTokenReused`.
    """
    while (grant := _next(db, presented)) is None:
        # The lock keeps the session as the next statement sees it.
        lock = select(UserSession.id).where(*_named(presented))
        db.exec(lock.with_for_update())
        stored = select(UserSession, this_instance).where(*_named(presented), *counts(now()))
        found = db.exec(stored.execution_options(populate_existing=True)).first()
        if found is None:
            raise SessionRevoked
        current, instance = found
        if current.generation > presented.generation:
            return _again(db, presented, current, instance)
        # It was changed while the first statement waited for it, but not by a rotation.
    return grant


def _next(db: Session, presented: Presented) -> Grant | None:
    """Rotate, if the token is the current one; one statement, which the database decides.

    A generation ahead of the row means that the database has forgotten a rotation, in a restore or
    a failover: the token proves it.
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
        )
        .execution_options(synchronize_session=False)
    ).first()
    if rotated is None:
        return None
    user_id, expires_at, instance, authenticated_at, amr = rotated
    claims = Claims(
        user_id,
        presented.session_id,
        generation + 1,
        authenticated_at=authenticated_at,
        amr=amr_of(amr),
    )
    return Grant(claims, presented.began_at, expires_at, instance)


def _again(db: Session, presented: Presented, current: UserSession, instance: UUID) -> Grant:
    grace = timedelta(seconds=get_settings().refresh_grace)
    just_before = current.generation == presented.generation + 1
    unseen = current.seen_generation < current.generation
    if not (just_before and (unseen or is_within(current.handed_out_at, grace))):
        whose = {"user_id": current.user_id, "session_id": presented.session_id}
        generations = {"presented": presented.generation, "current": current.generation}
        events.record_on_commit(db, Event.TOKEN_REUSED, **whose, **generations)
        end(db, col(UserSession.id) == presented.session_id, by=EndedBy.TOKEN_REUSE, **whose)
        raise RefreshTokenReused
    if unseen:
        _hand_out_again(current)
    claims = Claims(
        current.user_id,
        presented.session_id,
        current.generation,
        authenticated_at=current.authenticated_at or current.created_at,
        amr=amr_of(current.amr),
    )
    return Grant(claims, presented.began_at, current.expires_at, instance)


def _hand_out_again(current: UserSession) -> None:
    """A lost answer may be lost again, so the minute without proof of receipt restarts.

    It restarts a few times only. Otherwise a copied older token could be used for ever, unnoticed.
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
    """A token of the original is refused in its copy, and the other way round.

    A token from before tokens named an instance is good until it rotates or the database forks.
    """
    if presented.instance is not None:
        return this_instance == presented.instance
    return select(col(Instance.forked_at).is_(None)).scalar_subquery()
