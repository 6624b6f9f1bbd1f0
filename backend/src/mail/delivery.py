"""Sends what is due: claims one mail, hands it to the mail server, records the outcome, and so on.

No transaction is open while a mail is sent. A process that dies between sending and recording is
the one way in which a mail goes out twice: both copies have the same Message-ID.
"""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol

from src.database.database import unit_of_work
from src.kit import metrics
from src.kit.crypto import random_bits
from src.kit.repeats import Repeats
from src.kit.smtp_url import smtp_server
from src.mail import steps
from src.mail.letters import Kind
from src.mail.messages import message
from src.mail.smtp import NotDelivered, Smtp
from src.mail.steps import Claimed, Resolve
from src.settings import Settings

log = logging.getLogger("postern.mail")
repeats = Repeats(log)


class Transport(Protocol):
    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Raises `NotDelivered`."""

    def close(self) -> None: ...


class Mailbox:
    """For development without a mail server: mails are only shown at /dev/mail."""

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Outcome:
    mail_id: int
    kind: Kind
    fault: str | None = None
    for_all: bool = False
    """The mail server takes no mail now."""


def transport(settings: Settings) -> Transport | None:
    """The mail server; in development and test, without one, the mailbox. None: no mail at all."""
    if settings.smtp_url is not None:
        domain = (settings.mail_from or "").rstrip(">").rpartition("@")[2]
        return Smtp(smtp_server(settings.smtp_url.get_secret_value()), name=domain)
    return Mailbox() if settings.sends_mail else None


def deliver(through: Transport, resolve: Resolve, stopping: threading.Event) -> Iterator[Outcome]:
    """Send all mails that are due, and yield what became of each.

    Ends after one mail if the mail server cannot be used: the others would only wait for it too.
    """
    while not stopping.is_set():
        with unit_of_work() as db:
            mail_id = steps.claim(db)
        if mail_id is None:
            return
        with unit_of_work() as db:
            mail = steps.prepare(db, mail_id, resolve)
        if mail is None:
            continue
        outcome = _deliver(through, mail)
        yield outcome
        if outcome.for_all:
            return


def _deliver(through: Transport, mail: Claimed) -> Outcome:
    refusal: NotDelivered | None = None
    try:
        made = message(mail.letter, message_id=mail.message_id, at=mail.created_at)
        sender, recipient = (parseaddr(str(made[name]))[1] for name in ("From", "To"))
        through.send(made, sender=sender, recipient=recipient)
    except NotDelivered as error:
        refusal = error
    except Exception as error:  # noqa: BLE001  a template of the adopter may raise anything
        refusal = NotDelivered(f"it could not be written: {type(error).__name__}")
    with unit_of_work() as db:
        if refusal is None:
            steps.sent(db, mail.id)
            parked = False
        else:
            parked = steps.failed(db, mail, refusal, jitter=random_bits(16) / 2**16)
    kind = mail.letter.kind
    _note(kind, refusal, parked=parked)
    if refusal is None:
        return Outcome(mail.id, kind)
    return Outcome(mail.id, kind, refusal.fault, for_all=refusal.for_all)


def _note(kind: Kind, refusal: NotDelivered | None, *, parked: bool) -> None:
    outcome = "sent" if refusal is None else "parked" if parked else "postponed"
    metrics.mails.labels(kind.value, outcome).inc()
    if refusal is not None:
        level = logging.ERROR if parked else logging.WARNING
        what = "was given up" if parked else "is tried again later"
        repeats.write(level, f"{outcome} {refusal.fault}", "a mail %s: %s", what, refusal.fault)
