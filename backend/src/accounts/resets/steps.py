"""Steps of a reset of second factors by an operator, inside a transaction.

The account is locked first, so a stop and the reset itself are one after the other. One `UPDATE`
decides which of them ends it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from src.accounts.resets.errors import FactorsRefusal
from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.changes import credentials_changed
from src.kit.clock import now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import FactorReset, User
from src.ratelimit import steps as limits
from src.sessions import steps as sessions
from src.sessions.access_tokens import Claims
from src.sessions.liveness import require
from src.sessions.second_factors import SecondFactors, of_account
from src.sessions.steps import EndedBy
from src.settings import get_settings
from src.verification import asking
from src.verification import steps as verification
from src.verification.errors import LinkOfAnotherAccount, LinkReplaced
from src.verification.tokens import Purpose
from src.web.errors import NotFound

NO_ACCOUNT = "no account has that address"


class By(StrEnum):
    """How a reset ended."""

    DONE = "done"
    MAIL = "mail"
    SESSION = "session"
    OPERATOR = "operator"


def ask(db: Session, user_id: int, reason: str, known: SecondFactors) -> FactorReset:
    """A reset that is due after FACTOR_RESET_DELAY, and done at once without a delay.

    Its person gets a mail with a link that stops it. Raises `FactorsRefusal`.
    """
    user = _lock(db, user_id)
    if user is None:
        raise FactorsRefusal(NO_ACCOUNT)
    if (due := due_at(db, user_id)) is not None:
        raise FactorsRefusal(f"a reset is pending already, and due at {due:%Y-%m-%d %H:%M} UTC")
    if not of_account(db, user_id, known):
        raise FactorsRefusal("the account has no second factor and no recovery code")
    at, delay = now(), timedelta(seconds=get_settings().factor_reset_delay)
    reset = FactorReset(user_id=user_id, reason=reason, asked_at=at, due_at=at + delay)
    db.add(reset)
    db.flush()  # for its id
    events.record_on_commit(db, Event.FACTOR_RESET_ASKED, user_id=user_id, reason=reason)
    if not delay:
        carry_out(db, reset.id, user_id, known)
    elif get_settings().sends_mail:
        without_password = user.password_hash is None
        asking.send_link(
            db,
            Kind.FACTOR_RESET_ASKED,
            user,
            to=user.email,
            without_password=without_password,
        )
    return reset


def due_at(db: Session, user_id: int) -> datetime | None:
    """When the reset that is pending is due. None if there is none."""
    return db.exec(select(FactorReset.due_at).where(*_pending(user_id))).first()


def stop_by_mail(db: Session, token: str, claims: Claims | None) -> None:
    """Raises a refusal of the link, or `LinkOfAnotherAccount`."""
    user = verification.redeem(db, token, Purpose.STOP_FACTOR_RESET).user
    if claims is not None:
        require(db, claims)
        if claims.user_id != user.id:
            raise LinkOfAnotherAccount
    if not _stop(db, user.id, By.MAIL):
        raise LinkReplaced


def stop_in_session(db: Session, claims: Claims) -> None:
    """Any session of the account can do that. Raises `NotFound` if nothing is pending."""
    _lock(db, claims.user_id)
    require(db, claims)
    if not _stop(db, claims.user_id, By.SESSION):
        raise NotFound


def cancel(db: Session, user_id: int) -> None:
    """By the operator. Raises `FactorsRefusal` if nothing is pending."""
    if _lock(db, user_id) is None:
        raise FactorsRefusal(NO_ACCOUNT)
    if not _stop(db, user_id, By.OPERATOR):
        raise FactorsRefusal("no reset is pending")


def carry_out(db: Session, reset_id: int, user_id: int, known: SecondFactors) -> bool:
    """Remove all second factors, and end all sessions.

    False if it was stopped meanwhile, or the account deleted.
    """
    user = _lock(db, user_id)
    if user is None or not _end(db, col(FactorReset.id) == reset_id, by=By.DONE):
        return False
    for factor in known:
        factor.remove(db, user_id)
    credentials_changed(db, user_id)
    sessions.end_of(db, user_id, by=EndedBy.FACTOR_RESET)
    limits.forget(db, guessing.codes_at_account(user_id))
    verification.replace(db, user_id, Purpose.STOP_FACTOR_RESET)
    notify(db, Kind.FACTORS_RESET, user, without_password=user.password_hash is None)
    events.record_on_commit(db, Event.FACTORS_RESET, user_id=user_id)
    return True


def _stop(db: Session, user_id: int, by: By) -> bool:
    if not _end(db, *_pending(user_id), by=by):
        return False
    verification.replace(db, user_id, Purpose.STOP_FACTOR_RESET)
    events.record_on_commit(db, Event.FACTOR_RESET_STOPPED, user_id=user_id, by=by.value)
    return True


def _end(db: Session, *which: ColumnElement[bool], by: By) -> bool:
    ended = db.exec(
        update(FactorReset)
        .where(*which, col(FactorReset.ended_at).is_(None))
        .values(ended_at=now(), ended_by=by.value)
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount > 0


def _lock(db: Session, user_id: int) -> User | None:
    """None: it was deleted."""
    sessions.lock_account(db, user_id)
    return db.get(User, user_id, populate_existing=True)


def _pending(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(FactorReset.user_id) == user_id, col(FactorReset.ended_at).is_(None)
