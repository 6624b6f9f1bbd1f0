"""Passkeys as a factor: alone, as a second factor, or as a proof in a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func
from sqlmodel import Session, col, select

from src.audit import events
from src.audit.events import Event
from src.auth.passkeys import challenges, options
from src.auth.passkeys.ceremonies import Use, challenge_in, verified_use
from src.auth.passkeys.challenges import Challenge
from src.auth.passkeys.errors import PasskeyInvalid, PasskeyUnknown
from src.auth.passkeys.fields import Assertion, raw
from src.auth.passkeys.methods import methods_of, needs_verification
from src.kit.clock import now
from src.mail.letters import Kind
from src.mail.writing import notify
from src.models import Passkey, User
from src.sessions.second_factors import AccountId
from src.settings import get_settings

NAME = "passkey"
PASSWORD = "pwd"  # noqa: S105  a name of RFC 8176


class Passkeys:
    name = NAME
    is_substitute = False

    def enrolled(self, user_id: AccountId) -> ColumnElement[bool]:
        return exists().where(col(Passkey.user_id) == user_id)

    def last_used_at(self, db: Session, user_id: int) -> datetime | None:
        """Of the passkey that was used last; one that was only added counts from then."""
        moment = func.max(func.coalesce(col(Passkey.last_used_at), col(Passkey.created_at)))
        last: datetime | None = db.exec(select(moment).where(col(Passkey.user_id) == user_id)).one()
        return last

    def offer(
        self, db: Session, user_id: int, *, asked_by: str, beside: Sequence[str]
    ) -> Mapping[str, object]:
        """The options with which a browser asks for one of the account's passkeys."""
        if get_settings().relying_party is None:
            return {}
        challenge = challenges.new(asked_by)
        needed = needs_verification(beside)
        known = of_account(db, user_id)
        return {"passkey_options": options.to_use(challenge, known=known, verification=needed)}

    def remove(self, db: Session, user_id: int) -> None:
        gone = delete(Passkey).where(col(Passkey.user_id) == user_id)
        db.exec(gone.execution_options(synchronize_session=False))


def of_account(db: Session, user_id: int) -> list[Passkey]:
    """The oldest first."""
    own = select(Passkey).where(col(Passkey.user_id) == user_id).order_by(col(Passkey.id))
    return list(db.exec(own))


def count(db: Session, user_id: int) -> int:
    own = select(func.count()).select_from(Passkey).where(col(Passkey.user_id) == user_id)
    return db.exec(own).one()


def remove_since(db: Session, user_id: int, moment: datetime) -> int:
    """Remove those that were added later. Returns how many."""
    later = col(Passkey.user_id) == user_id, col(Passkey.created_at) > moment
    gone = delete(Passkey).where(*later).execution_options(synchronize_session=False)
    return db.exec(gone).rowcount


def find(db: Session, sent: Assertion) -> Passkey:
    """The passkey that the answer names. Raises `PasskeyUnknown`."""
    named = select(Passkey).where(col(Passkey.credential_id) == raw(sent.raw_id))
    found = db.exec(named).first()
    if found is None:
        raise PasskeyUnknown
    return found


def find_of(db: Session, user_id: int, sent: Assertion) -> Passkey:
    """The same for one account. Raises `PasskeyInvalid` if it is another account's."""
    found = find(db, sent)
    if found.user_id != user_id:
        raise PasskeyInvalid
    return found


@dataclass(frozen=True)
class Answer:
    """A right answer of a passkey. It counts once."""

    passkey_id: int
    use: Use
    challenge: Challenge
    methods: tuple[str, ...]
    proves_verification: bool
    """Whether the passkey has checked its person, while a password stood beside it."""

    def settle(self, db: Session, user: User) -> None:
        """Use it up, in the transaction in which it counts. The caller holds the account's lock.

        Raises `ChallengeInvalid`, or `PasskeyInvalid` if the passkey was removed meanwhile.
        """
        row = db.get(Passkey, self.passkey_id, populate_existing=True)
        if row is None or row.user_id != user.id:
            raise PasskeyInvalid
        challenges.use(db, self.challenge)
        if row.last_used_at is None:
            notify(db, Kind.FACTOR_USED, user, factor=NAME)
        if has_fallen(row.sign_count, self.use.sign_count):
            _report_fallen(db, user, row)
        row.sign_count, row.backed_up = self.use.sign_count, self.use.backed_up
        row.can_verify = row.can_verify or self.proves_verification
        row.last_used_at = now()


def check(passkey: Passkey, sent: Assertion, *, asked_by: str, beside: Sequence[str]) -> Answer:
    """Raises `ChallengeInvalid` or `PasskeyInvalid`. Asks no database.

    A passkey that did not check its person when it was added is one factor, also if it says
    now that it does: somebody who has found a key without a PIN may have given it one.
    """
    opened = challenges.opened(challenge := challenge_in(sent.response.client_data), asked_by)
    needed = needs_verification(beside)
    if needed and not passkey.can_verify:
        raise PasskeyInvalid
    use = verified_use(
        sent,
        options.party(),
        challenge,
        public_key=passkey.public_key,
        user_handle=passkey.user_handle,
        backup_eligible=passkey.backup_eligible,
        verification=needed,
    )
    is_verified = use.is_verified and passkey.can_verify
    methods = methods_of(is_verified=is_verified, backup_eligible=passkey.backup_eligible)
    return Answer(passkey.id, use, opened, methods, use.is_verified and PASSWORD in beside)


def has_fallen(before: int, after: int) -> bool:
    """Whether a counter did not rise, so that the key may have been copied (7.2, step 22)."""
    return (before > 0 or after > 0) and after <= before


def _report_fallen(db: Session, user: User, row: Passkey) -> None:
    notify(db, Kind.PASSKEY_COUNTER, user)
    events.record_on_commit(db, Event.PASSKEY_COUNTER, user_id=user.id, passkey=row.id)
