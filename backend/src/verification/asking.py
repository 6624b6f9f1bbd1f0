"""Asking for a mail with a link, for the account of a session or for a typed address."""

from sqlmodel import Session

from src.audit import events
from src.audit.events import Event
from src.kit.clock import now
from src.mail import steps as mail
from src.mail.letters import Facts, Kind, Letter
from src.mail.writing import language
from src.models import User
from src.settings import get_settings
from src.users.addresses import address_key
from src.verification import steps
from src.verification.errors import MailOff
from src.verification.tokens import Purpose, lifetime_of, new_code, new_token

PURPOSES = {
    Kind.VERIFY_EMAIL: Purpose.VERIFY_EMAIL,
    Kind.RESET_PASSWORD: Purpose.RESET_PASSWORD,
    Kind.CONFIRM_EMAIL: Purpose.CONFIRM_EMAIL,
    Kind.EMAIL_CHANGING: Purpose.UNDO_EMAIL,
    Kind.MAGIC_LINK: Purpose.MAGIC_LINK,
    Kind.FACTOR_RESET_ASKED: Purpose.STOP_FACTOR_RESET,
}
"""What the link of each kind of mail is for."""


def lifetime_in(kind: Kind) -> int | None:
    """Seconds that the link in mails of this kind is valid."""
    return lifetime_of(PURPOSES[kind]) if kind in PURPOSES else None


def require_mail() -> None:
    """Raise `MailOff` if nothing could be sent: nobody is left waiting for a mail."""
    if not get_settings().sends_mail:
        raise MailOff


def ask(db: Session, kind: Kind, address: str) -> None:
    """Store the wish for a typed address: the same row whether it has an account or not."""
    _ask(db, kind, address)


def ask_for_magic_link(db: Session, address: str) -> str:
    """Store the wish, and return the attempt that the asking browser keeps."""
    attempt = new_token()
    _ask(db, Kind.MAGIC_LINK, address, code=new_code(), attempt=attempt)
    return attempt


def _ask(
    db: Session, kind: Kind, address: str, *, code: str | None = None, attempt: str | None = None
) -> None:
    purpose = PURPOSES.get(kind)
    token = None if purpose is None else new_token()
    facts = Facts(now(), token=token, code=code, attempt=attempt, lifetime=lifetime_in(kind))
    mail.post(db, Letter(kind, None, address, facts, language()))
    digest = events.digest(address_key(address))
    events.record_on_commit(db, Event.MAIL_ASKED, kind=kind.value, address=digest)


def send_link(  # noqa: PLR0913  what the mail may say
    db: Session,
    kind: Kind,
    user: User,
    *,
    to: str,
    new_address: str | None = None,
    without_password: bool | None = None,
) -> None:
    """Issue a token for a known account, and mail its link.

    The token is about the address that gets it, so a person who uses it reads the mail there.
    """
    token, purpose = new_token(), PURPOSES[kind]
    token_id = steps.issue(db, user, purpose, token, to)
    facts = Facts(
        now(),
        token=token,
        lifetime=lifetime_in(kind),
        new_address=new_address,
        without_password=without_password,
    )
    mail.post(db, Letter(kind, user.id, to, facts, language(), token_id))


def send_verification(db: Session, user: User) -> None:
    send_link(db, Kind.VERIFY_EMAIL, user, to=user.email)
