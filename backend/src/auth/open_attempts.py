"""Attempts to sign in that wait for a second factor, inside a transaction.

An attempt is no session and no token: it only lets its client send a code, a few times. It belongs
to the network and the device where it began, so one that leaks is of no use elsewhere.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from src.auth.attempt import Attempt
from src.auth.devices import Device
from src.auth.errors import AttemptInvalid
from src.kit.clock import now
from src.kit.crypto import random_token
from src.models import SigninAttempt, User
from src.sessions.binding import binding
from src.web.visitor import Visitor

VALID_FOR = timedelta(minutes=5)
MAX_TRIES = 5
MAX_LENGTH = 100
"""Characters of an attempt that is looked up at all."""


def keep(db: Session, attempt: Attempt, user: User) -> str:
    """Store the attempt with its first proof. Returns what its client sends next."""
    token, at, first = random_token(), now(), attempt.proofs[0]
    db.add(
        SigninAttempt(
            user_id=user.id,
            digest=_digest(token),
            origin_digest=_origin(attempt.caller.visitor, attempt.device),
            password_fingerprint=binding(user.password_hash),
            factor=first.factor,
            method=first.method,
            proves_address=first.proves_address,
            created_at=at,
            expires_at=at + VALID_FOR,
        )
    )
    return token


def find(db: Session, token: str, visitor: Visitor, device: Device | None) -> SigninAttempt:
    """Raises `AttemptInvalid` unless it is open, and belongs to this client and account."""
    if len(token) > MAX_LENGTH:
        raise AttemptInvalid
    wanted = (
        select(SigninAttempt, User)
        .join(User, col(User.id) == col(SigninAttempt.user_id))
        .where(
            col(SigninAttempt.digest) == _digest(token),
            col(SigninAttempt.origin_digest) == _origin(visitor, device),
            col(User.disabled_at).is_(None),
            *_open(),
        )
    )
    found = db.exec(wanted).first()
    if found is None:
        raise AttemptInvalid
    attempt, user = found
    if attempt.password_fingerprint != binding(user.password_hash):
        raise AttemptInvalid
    return attempt


def count_try(db: Session, attempt_id: int) -> None:
    """Count a code before it is checked, also of many at once. Raises `AttemptInvalid`."""
    counted = db.exec(
        update(SigninAttempt)
        .where(
            col(SigninAttempt.id) == attempt_id,
            col(SigninAttempt.tries) < MAX_TRIES,
            *_open(),
        )
        .values(tries=col(SigninAttempt.tries) + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount == 0:
        raise AttemptInvalid


def use(db: Session, attempt_id: int) -> None:
    """End it, because it becomes a session: one request can do that. Raises `AttemptInvalid`."""
    if not _end(db, col(SigninAttempt.id) == attempt_id):
        raise AttemptInvalid


def end_of(db: Session, user_id: int) -> None:
    """End all attempts of an account, after a change of its password or its factors."""
    _end(db, col(SigninAttempt.user_id) == user_id)


def _end(db: Session, which: ColumnElement[bool]) -> int:
    ended = db.exec(
        update(SigninAttempt)
        .where(which, *_open())
        .values(ended_at=now())
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount


def _open() -> tuple[ColumnElement[bool], ...]:
    return col(SigninAttempt.ended_at).is_(None), col(SigninAttempt.expires_at) > now()


def asked_by(token: str) -> str:
    """What asks for the second proof of this attempt."""
    return f"attempt {_digest(token).hex()}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _origin(visitor: Visitor, device: Device | None) -> bytes:
    number = "" if device is None else device.number.hex()
    return hashlib.sha256(f"{visitor.neighbourhood} {number}".encode()).digest()
