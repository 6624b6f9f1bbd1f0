"""Steps on the outbox, inside a transaction. One statement claims mails for one process."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, func, or_, update
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlmodel import Session, col, select

from src.kit.clock import SKEW, now
from src.kit.crypto import random_id
from src.kit.sealing import CannotUnseal, derive_key, seal, unseal
from src.mail import signal
from src.mail.letters import Facts, Kind, Letter
from src.mail.smtp import NotDelivered
from src.models import Mail, MailedToken, User
from src.settings import get_settings

PURPOSE = "mail"
LEASE = timedelta(minutes=6)
"""How long one process may take for a mail. Then another one sends it, since the first has died."""
MOST_SHOWN = 100
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=2)
UNREADABLE_PAUSE = timedelta(minutes=15)
UNREADABLE = CannotUnseal, ValueError, TypeError, KeyError
KEEP = timedelta(days=7)
"""How long a mail stays after it was sent: long enough to answer "did it go out?"."""
KEEP_PARKED = timedelta(days=30)


Resolve = Callable[[Session, Letter], Letter | None]
"""Finds the account of a typed address and makes its token. None: there is nothing to send.

So the request itself does the same whether the address has an account or not.
"""


@dataclass(frozen=True)
class Claimed:
    """A mail that this process sends now."""

    id: int
    message_id: str
    attempts: int
    created_at: datetime
    letter: Letter


def post(db: Session, letter: Letter) -> None:
    """Put a letter into the outbox. It is sent after the commit."""
    message_id = random_id()
    key = derive_key(get_settings().secret_keys[0], PURPOSE)
    known = {name: fact for name, fact in asdict(letter.facts).items() if fact is not None}
    facts = known | {"at": letter.facts.at.isoformat()}
    db.add(
        Mail(
            message_id=message_id,
            kind=letter.kind.value,
            user_id=letter.user_id,
            token_id=letter.token_id,
            recipient=letter.recipient,
            language=letter.language,
            sealed=seal(key, json.dumps(facts).encode(), place=_place(message_id)),
        )
    )
    signal.on_commit(db)


def claim(db: Session) -> int | None:
    """The next mail that is due, or None. No other process gets it before `LEASE` has passed.

    One at a time, so that the lease is longer than any mail takes.
    """
    at = now()
    due = (
        select(Mail.id)
        .where(*is_open(), or_(col(Mail.due_at) <= at, col(Mail.due_at) > at + _longest_wait()))
        .order_by(col(Mail.due_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = db.exec(
        update(Mail)
        .where(col(Mail.id) == due.scalar_subquery())  # with IN, a plan may ask it for each row
        .values(due_at=at + LEASE, attempts=col(Mail.attempts) + 1)
        .returning(col(Mail.id))
        .execution_options(synchronize_session=False)
    )
    mail_id: int | None = claimed.scalars().one_or_none()
    return mail_id


def _longest_wait() -> ColumnElement[timedelta]:
    """How long the mail may have to wait, after its attempts so far.

    Of a later time, the clock that wrote it was wrong: it was ahead, and has come back.
    """
    tried, first = col(Mail.attempts), FIRST_PAUSE.total_seconds()
    doubled = first * func.power(2.0, func.least(func.greatest(tried - 1, 0), 20))
    pause = func.least(doubled, LONGEST_PAUSE.total_seconds()) * 1.5
    of_lease = case((tried > 0, max(LEASE, UNREADABLE_PAUSE).total_seconds()), else_=0.0)
    seconds = func.greatest(pause, of_lease) + SKEW.total_seconds()
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=INTERVAL)


def prepare(db: Session, mail_id: int, resolve: Resolve) -> Claimed | None:
    """What a claimed mail says, and to whom. None: it is not sent now, or never.

    It is removed if its token no longer counts, or if its address has no account. The account is
    locked before the mail, as where an account is deleted with its mails: neither waits for ever.
    """
    of_mail = select(Mail.user_id).where(col(Mail.id) == mail_id).scalar_subquery()
    db.exec(select(User.id).where(col(User.id) == of_mail).with_for_update(key_share=True))
    mail = db.get(Mail, mail_id)
    if mail is None:  # its account was deleted meanwhile
        return None
    if mail.token_id is not None and not _extended(db, mail.token_id):
        claimed = None
    else:
        claimed = _claimed(db, mail, resolve)
    if claimed is None:
        gone = col(Mail.id) == mail_id, col(Mail.parked_at).is_(None), col(Mail.fault).is_(None)
        db.exec(delete(Mail).where(*gone).execution_options(synchronize_session=False))
    return claimed


def _extended(db: Session, token_id: int) -> bool:
    """Count the lifetime of the token from now on. False if it can no longer be used.

    So a mail that waited for its mail server has a link that works.
    """
    lifetime = func.make_interval(0, 0, 0, 0, 0, 0, col(MailedToken.lifetime), type_=INTERVAL)
    extended = db.exec(
        update(MailedToken)
        .where(
            col(MailedToken.id) == token_id,
            col(MailedToken.used_at).is_(None),
            col(MailedToken.replaced_at).is_(None),
        )
        .values(expires_at=now() + lifetime)
        .execution_options(synchronize_session=False)
    )
    return extended.rowcount > 0


def _unsealed(mail: Mail) -> Letter:
    """Raises `CannotUnseal` or `ValueError` for one of another SECRET_KEY or release."""
    keys = [derive_key(secret, PURPOSE) for secret in get_settings().secret_keys]
    plain, _ = unseal(keys, mail.sealed, place=_place(mail.message_id))
    facts = json.loads(plain)
    facts["at"] = datetime.fromisoformat(facts["at"])
    return Letter(
        Kind(mail.kind),
        mail.user_id,
        mail.recipient,
        Facts(**facts),
        mail.language,
        mail.token_id,
    )


def last(db: Session, recipient: str | None) -> list[tuple[Mail, Letter]]:
    """The last mails that can still be read, the newest first."""
    to = [] if recipient is None else [col(Mail.recipient) == recipient]
    wanted = select(Mail).where(*to).order_by(col(Mail.id).desc()).limit(MOST_SHOWN)
    found = []
    for mail in db.exec(wanted):
        with suppress(*UNREADABLE):
            found.append((mail, _unsealed(mail)))
    return found


def _claimed(db: Session, mail: Mail, resolve: Resolve) -> Claimed | None:
    """The unsealed mail. Parks it if this release or this SECRET_KEY cannot read it."""
    letter: Letter | None
    try:
        letter = _unsealed(mail)
    except UNREADABLE:  # perhaps by a newer process, which is being started
        late = now() - mail.created_at > GIVE_UP_AFTER
        then = {"parked_at": now()} if late else {"due_at": now() + UNREADABLE_PAUSE}
        _set(db, mail.id, fault="this release or this SECRET_KEY cannot read it", **then)
        return None
    if now() - mail.created_at > GIVE_UP_AFTER and mail.attempts <= 1:
        _set(db, mail.id, parked_at=now(), fault="it waited for too long to be sent at all")
        return None
    if letter.user_id is None and letter.token_id is None:
        letter = resolve(db, letter)
        if letter is not None:
            found = {"user_id": letter.user_id, "token_id": letter.token_id}
            _set(db, mail.id, recipient=letter.recipient, **found)
    if letter is None:
        return None
    return Claimed(mail.id, mail.message_id, mail.attempts, mail.created_at, letter)


def sent(db: Session, mail_id: int) -> None:
    """Record it. What it said is forgotten, except in development, which shows it at /dev/mail."""
    forget = {} if get_settings().has_mailbox else {"sealed": ""}
    _set(db, mail_id, sent_at=now(), fault=None, **forget)


def failed(db: Session, mail: Claimed, refusal: NotDelivered, *, jitter: float) -> bool:
    """Record why, and when to try again. Returns True if we give up: it is parked then.

    A mail server that takes no mail at all is no attempt of this mail, so its pause does not grow.
    """
    at, fault = now(), refusal.fault
    if refusal.for_good or at - mail.created_at > GIVE_UP_AFTER:
        _set(db, mail.id, parked_at=at, fault=fault)
        return True
    attempts = mail.attempts - 1 if refusal.for_all else mail.attempts
    pause = min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 20), LONGEST_PAUSE)
    _set(db, mail.id, due_at=at + pause * (0.5 + jitter), attempts=attempts, fault=fault)
    return False


def _set(db: Session, mail_id: int, **values: object) -> None:
    db.exec(
        update(Mail)
        .where(col(Mail.id) == mail_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def next_due(db: Session) -> datetime | None:
    """When the next mail is to be sent. None if no mail waits."""
    first: datetime | None = db.exec(select(func.min(Mail.due_at)).where(*is_open())).one()
    return first


def is_open() -> tuple[ColumnElement[bool], ...]:
    return col(Mail.sent_at).is_(None), col(Mail.parked_at).is_(None)


def _place(message_id: str) -> str:
    return f"mail {message_id}"
