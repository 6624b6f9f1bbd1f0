"""A link or a code from a mail as a proof, in the browser that asked for it."""

import hmac
from functools import partial

from sqlalchemy import update
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth import guessing
from src.auth.attempt import Attempt, Proof
from src.auth.caller import Caller
from src.auth.devices import Device
from src.kit.problem import Problem
from src.models import MailedToken, User
from src.ratelimit import steps as limits
from src.ratelimit.budgets import Budget
from src.ratelimit.errors import RateLimited
from src.settings import get_settings
from src.users import steps as users
from src.users.credentials import Credentials
from src.verification import steps as verification
from src.verification.errors import CodeInvalid, LinkInvalid, LinkReplaced
from src.verification.tokens import MAX_TRIES, Purpose, code_digest, digest

NAME = "magic_link"
METHOD = "otp"
"""A one-time secret: RFC 8176, section 2."""


def try_code(db: Session, attempt: str, code: str) -> MailedToken:
    """The row of this attempt, if the code is right. A wrong one is counted: five are allowed.

    Codes are also counted for the account. Above that limit the refusal is that of a wrong code,
    since an attempt for an address without an account has no other.
    """
    row = _by_attempt(db, attempt)
    if row is None or row.code_digest is None or is_spent(row):
        raise CodeInvalid
    _count_for_account(db, row)
    counted = db.exec(
        update(MailedToken)
        .where(col(MailedToken.id) == row.id, col(MailedToken.tries) < MAX_TRIES)
        .values(tries=col(MailedToken.tries) + 1)
        .execution_options(synchronize_session=False)
    )
    within = counted.rowcount > 0
    digests = [code_digest(secret, attempt, code) for secret in get_settings().secret_keys]
    right = [hmac.compare_digest(one, row.code_digest) for one in digests]
    if not within or not any(right):
        raise CodeInvalid  # `keeps_writes`: the try stays counted
    return row


def _count_for_account(db: Session, row: MailedToken) -> None:
    for budget in budgets_of_code(row):
        try:
            limits.count(db, (budget,))
        except RateLimited as refusal:
            policy, address = refusal.reached.policy, events.digest(row.address_key)
            events.record_on_commit(db, Event.LIMIT_REACHED, policy=policy, address=address)
            raise CodeInvalid from None


def budgets_of_code(row: MailedToken) -> tuple[Budget, ...]:
    """What a code uses, and the right one resets. None without limits."""
    if not get_settings().rate_limits:
        return ()
    return (guessing.of_mailed_codes(row.address_key),)


def open_link(db: Session, attempt: str, token: str) -> MailedToken:
    """The row of this link, if the browser of the attempt opens it. Otherwise nothing is used.

    A browser that has asked again has a newer attempt, so an old link says first what became of it.
    """
    row = verification.find(db, token, Purpose.MAGIC_LINK)
    if row is None or row.attempt_digest is None:
        raise LinkInvalid
    verification.refuse_spent(row)
    if not hmac.compare_digest(row.attempt_digest, digest(attempt)):
        raise LinkInvalid
    return row


def is_spent(row: MailedToken) -> bool:
    try:
        verification.refuse_spent(row)
    except Problem:
        return True
    return False


def begin(
    db: Session,
    row: MailedToken,
    *,
    caller: Caller,
    device: Device | None,
    budgets: tuple[Budget, ...] = (),
) -> Attempt:
    """The attempt with this proof. Makes the account first, if MAGIC_LINK_SIGNUP allows it."""
    if row.user_id is None:
        if verification.is_reserved(db, row.address):
            raise LinkReplaced
        user = users.create(db, email=row.address, password_hash=None, name=None)
        row.user_id = user.id
        db.flush()
    elif (found := db.get(User, row.user_id)) is None:
        raise LinkInvalid
    else:
        user = found
    if not verification.still_about(row, user):
        raise LinkReplaced
    credentials = Credentials(user.id, user.email, user.password_hash)
    proof = Proof(NAME, METHOD, partial(_settle, row.id), proves_address=True)
    return Attempt(caller, credentials, (proof,), budgets, device)


def _settle(row_id: int, db: Session, _user: User) -> None:
    """Use the link, even if a second factor is still needed."""
    verification.use(db, db.get_one(MailedToken, row_id))


def _by_attempt(db: Session, attempt: str) -> MailedToken | None:
    wanted = select(MailedToken).where(col(MailedToken.attempt_digest) == digest(attempt))
    return db.exec(wanted).one_or_none()
