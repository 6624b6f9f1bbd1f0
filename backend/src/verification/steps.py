"""Issue and redeem tokens that go out by mail, inside a transaction."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from src.kit.clock import now
from src.models import MailedToken, User
from src.sessions.binding import binding
from src.sessions.steps import lock_account
from src.users.addresses import address_key
from src.users.credentials import is_proved
from src.verification.errors import LinkExpired, LinkInvalid, LinkReplaced, LinkUsed
from src.verification.tokens import MAX_LENGTH, UNDO_FOR, Purpose, digest, lifetime_of

OUTLIVES_CHANGES = frozenset({Purpose.UNDO_EMAIL, Purpose.STOP_FACTOR_RESET})
"""Purposes whose tokens survive a change of password or address: they work against a thief."""


@dataclass(frozen=True)
class Redeemed:
    token_id: int
    user: User
    address: str
    """The address that the token is about."""


def issue(db: Session, user: User | None, purpose: Purpose, token: str, address: str) -> int:
    """Store the token and return its id. It replaces older ones of the account and purpose.

    One that undoes a change replaces only those that lead back to the same address.
    """
    key = address_key(address)
    if user is not None:
        lock_account(db, user.id)  # of two mails at once, one replaces the other
        same = [col(MailedToken.purpose) == purpose.value]
        if purpose in OUTLIVES_CHANGES:
            same.append(col(MailedToken.address_key) == key)
        _replace(db, user.id, *same)
    at, lifetime = now(), lifetime_of(purpose)
    password_hash = None if user is None else user.password_hash
    row = MailedToken(
        user_id=None if user is None else user.id,
        purpose=purpose.value,
        digest=digest(token),
        address=address,
        address_key=key,
        is_proved=user is not None and user.email_verified_at is not None,
        verified_alone_at=None if user is None or is_proved(user) else user.verified_alone_at,
        password_fingerprint=None if purpose in OUTLIVES_CHANGES else binding(password_hash),
        lifetime=lifetime,
        created_at=at,
        expires_at=at + timedelta(seconds=lifetime),
    )
    db.add(row)
    db.flush()
    return row.id


def redeem(db: Session, token: str, purpose: Purpose) -> Redeemed:
    """Use the token and lock its account. Of several uses at once, one succeeds.

    Raises `LinkInvalid`, `LinkExpired`, `LinkUsed` or `LinkReplaced`.
    """
    row = find(db, token, purpose)
    if row is None or row.user_id is None:
        raise LinkInvalid
    lock_account(db, row.user_id)
    user = db.get(User, row.user_id, populate_existing=True)
    if user is None or user.disabled_at is not None:
        raise LinkInvalid
    refuse_spent(row)
    if not still_about(row, user):
        raise LinkReplaced
    use(db, row)
    return Redeemed(row.id, user, row.address)


def find(db: Session, token: str, purpose: Purpose) -> MailedToken | None:
    if len(token) > MAX_LENGTH:
        return None
    wanted = select(MailedToken).where(
        col(MailedToken.digest) == digest(token), col(MailedToken.purpose) == purpose.value
    )
    return db.exec(wanted).one_or_none()


def still_about(row: MailedToken, user: User) -> bool:
    """Whether account, address and password are those that the token was issued for."""
    if Purpose(row.purpose) in OUTLIVES_CHANGES:
        return True
    if row.password_fingerprint != binding(user.password_hash):
        return False
    is_about_present = row.purpose != Purpose.CONFIRM_EMAIL
    return not is_about_present or row.address_key == address_key(user.email)


def refuse_spent(row: MailedToken) -> None:
    if row.used_at is not None:
        raise LinkUsed
    if row.replaced_at is not None:
        raise LinkReplaced
    if row.expires_at <= now():
        raise LinkExpired


def use(db: Session, row: MailedToken) -> None:
    """Mark it as used. The statement decides between two uses at once."""
    used = db.exec(
        update(MailedToken)
        .where(col(MailedToken.id) == row.id, *_open())
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount == 0:
        raise LinkUsed


def is_reserved(db: Session, address: str, *, user_id: int | None = None) -> bool:
    """Whether another account may still take this address back, which it had until lately."""
    reserved = select(MailedToken.id).where(
        col(MailedToken.address_key) == address_key(address),
        col(MailedToken.purpose) == Purpose.UNDO_EMAIL.value,
        col(MailedToken.expires_at) > now(),
        col(MailedToken.is_proved),
        col(MailedToken.user_id).is_distinct_from(user_id),
        *_open(),
    )
    return db.exec(reserved.limit(1)).first() is not None


def begin_undo(db: Session, user_id: int, former: str) -> None:
    """Count the time to take a change back from now on: the address changes at this moment."""
    db.exec(
        update(MailedToken)
        .where(
            col(MailedToken.user_id) == user_id,
            col(MailedToken.purpose) == Purpose.UNDO_EMAIL.value,
            col(MailedToken.address_key) == address_key(former),
            *_open(),
        )
        .values(expires_at=now() + timedelta(seconds=UNDO_FOR))
        .execution_options(synchronize_session=False)
    )


def replace_later_undos(db: Session, user_id: int, token_id: int) -> None:
    """Let those no longer count that were issued after this one: a thief may have got them."""
    of_thief = col(MailedToken.id) > token_id
    _replace(db, user_id, col(MailedToken.purpose) == Purpose.UNDO_EMAIL.value, of_thief)


def replace_all(db: Session, user_id: int) -> None:
    """After a change of password or address: what was mailed before no longer counts."""
    kept = [purpose.value for purpose in OUTLIVES_CHANGES]
    _replace(db, user_id, col(MailedToken.purpose).not_in(kept))


def replace(db: Session, user_id: int, purpose: Purpose) -> None:
    """What was mailed for this purpose no longer counts."""
    _replace(db, user_id, col(MailedToken.purpose) == purpose.value)


def _replace(db: Session, user_id: int, *which: ColumnElement[bool]) -> None:
    db.exec(
        update(MailedToken)
        .where(col(MailedToken.user_id) == user_id, *which, *_open())
        .values(replaced_at=now())
        .execution_options(synchronize_session=False)
    )


def follow_password(
    db: Session, user_id: int, *, old_hash: str | None, new_hash: str | None
) -> None:
    """Keep the tokens of a password that has got a new hash."""
    db.exec(
        update(MailedToken)
        .where(
            col(MailedToken.user_id) == user_id,
            col(MailedToken.password_fingerprint) == binding(old_hash),
            *_open(),
        )
        .values(password_fingerprint=binding(new_hash))
        .execution_options(synchronize_session=False)
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return col(MailedToken.used_at).is_(None), col(MailedToken.replaced_at).is_(None)
