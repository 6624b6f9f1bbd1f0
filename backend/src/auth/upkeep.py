"""Removes old attempts, enrolments and challenges, and counts factors.

It also seals secrets again after a rotation.
"""

import threading
from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from src.auth.factors import counting, totp
from src.database.database import unit_of_work
from src.kit import metrics
from src.kit.clock import now
from src.kit.sealing import CannotUnseal
from src.models import AuthenticatorApp, SigninAttempt, TrustedDevice, UsedChallenge, User
from src.upkeep.jobs import BATCH, Job, in_batches

KEEP = timedelta(hours=1)
"""How long an attempt or a used challenge stays after it has expired."""
KEEP_ENROLMENT = timedelta(days=1)
"""How long an enrolment stays that nobody has confirmed."""


def purge(stopping: threading.Event) -> int:
    batches = purge_attempts, purge_enrolments, purge_devices, purge_challenges
    return sum(in_batches(batch, stopping) for batch in batches)


def purge_attempts(db: Session) -> int:
    old = (
        select(SigninAttempt.id)
        .where(col(SigninAttempt.expires_at) < now() - KEEP)
        .order_by(col(SigninAttempt.expires_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(SigninAttempt).where(col(SigninAttempt.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


def purge_devices(db: Session) -> int:
    """Those that are trusted no longer, and those of disabled accounts."""
    disabled = select(User.id).where(col(User.disabled_at).is_not(None))
    old = (
        select(TrustedDevice.id)
        .where((col(TrustedDevice.expires_at) < now()) | col(TrustedDevice.user_id).in_(disabled))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(TrustedDevice).where(col(TrustedDevice.id).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


def purge_enrolments(db: Session) -> int:
    old = (
        select(AuthenticatorApp)
        .where(col(AuthenticatorApp.pending_at) < now() - KEEP_ENROLMENT)
        .order_by(col(AuthenticatorApp.pending_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = db.exec(old).all()
    for app in found:
        if app.confirmed_at is None:
            db.delete(app)
        else:
            app.pending_secret = app.pending_at = None
    return len(found)


def purge_challenges(db: Session) -> int:
    """An expired challenge is refused anyway, also by a clock that is a little behind."""
    old = (
        select(UsedChallenge.digest)
        .where(col(UsedChallenge.expires_at) < now() - KEEP)
        .order_by(col(UsedChallenge.expires_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(UsedChallenge).where(col(UsedChallenge.digest).in_(old.scalar_subquery()))
    return db.exec(gone.execution_options(synchronize_session=False)).rowcount


def seal_anew(stopping: threading.Event) -> int:
    """Seal under SECRET_KEY what SECRET_KEY_PREVIOUS has sealed, so that this one can go."""
    walk = _Walk()
    in_batches(walk.batch, stopping)
    return walk.sealed


class _Walk:
    """Goes through the apps in the order of their accounts."""

    def __init__(self) -> None:
        self.sealed = self._done_until = 0

    def batch(self, db: Session) -> int:
        """Returns how many it has seen."""
        wanted = (
            select(AuthenticatorApp.user_id, AuthenticatorApp.sealed_secret)
            .where(
                col(AuthenticatorApp.user_id) > self._done_until,
                col(AuthenticatorApp.sealed_secret).is_not(None),
            )
            .order_by(col(AuthenticatorApp.user_id))
            .limit(BATCH)
        )
        rows = db.exec(wanted).all()
        for user_id, sealed in rows:
            self._done_until = user_id
            self.sealed += _seal_anew(db, user_id, sealed or "")
        return len(rows)


def _seal_anew(db: Session, user_id: int, sealed: str) -> int:
    try:
        renewed = totp.renewed(user_id, sealed)
    except CannotUnseal:
        return 0  # the doctor shows it
    if renewed is None:
        return 0
    # Only if nobody has enrolled another app meanwhile.
    same = col(AuthenticatorApp.user_id) == user_id, col(AuthenticatorApp.sealed_secret) == sealed
    done = update(AuthenticatorApp).where(*same).values(sealed_secret=renewed)
    return db.exec(done.execution_options(synchronize_session=False)).rowcount


def count_factors(_stopping: threading.Event) -> int:
    """For the metrics: how many accounts have which factor, and how many have none."""
    with unit_of_work() as db:
        counts, without = counting.with_factor(db), counting.without(db)
    for factor, count in counts.items():
        metrics.accounts_with_factor.labels(factor).set(count)
    metrics.accounts_without_second_factor.set(without)
    return sum(counts.values())


JOBS = (
    Job("purge_attempts", purge),
    Job("seal_factors", seal_anew),
    Job("count_factors", count_factors),
)
