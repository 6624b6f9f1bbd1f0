"""The commands of `postern mail`."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import col, select

from src.database.database import unit_of_work
from src.kit.clock import now
from src.mail.delivery import deliver, transport
from src.mail.letters import Kind
from src.mail.messages import content, sample
from src.mail.steps import Resolve
from src.mail.words import languages
from src.models import Mail
from src.settings import get_settings


class MailRefusal(Exception):  # noqa: N818  it names the fact
    """Why a command about mail does nothing."""


def send(resolve: Resolve, *, is_copy: bool) -> Iterator[str]:
    """A line for each mail that was due."""
    through = transport(get_settings())
    if through is None:
        raise MailRefusal("SMTP_URL is not set, so no mail can be sent")
    if is_copy:
        raise MailRefusal("this database is a copy of another one, so nobody gets mail from it")
    count = 0
    try:
        for outcome in deliver(through, resolve, threading.Event()):
            count += 1
            yield f"{outcome.mail_id} {outcome.kind}: {outcome.fault or 'sent'}"
    finally:
        through.close()
    if not count:
        yield "No mail is due."


def listed() -> Iterator[str]:
    """Those that wait or were given up, without what they say."""
    with unit_of_work() as db:
        mails = db.exec(select(Mail).where(col(Mail.sent_at).is_(None)).order_by(col(Mail.id)))
        for mail in mails:
            state = "parked" if mail.parked_at else f"due {mail.due_at:%Y-%m-%d %H:%M} UTC"
            why = f": {mail.fault}" if mail.fault else ""
            attempts = f"{mail.attempts} attempts"
            yield f"{mail.id} {mail.kind} to {mail.recipient}, {state}, {attempts}{why}"


def retry(ids: list[int]) -> str:
    """Send these again, or all parked ones."""
    which = [col(Mail.parked_at).is_not(None), *([col(Mail.id).in_(ids)] if ids else [])]
    with unit_of_work() as db:
        again = db.exec(
            update(Mail)
            .where(*which, col(Mail.sent_at).is_(None))
            .values(parked_at=None, due_at=now(), created_at=now())
            .execution_options(synchronize_session=False)
        )
    return f"{again.rowcount} mails are due again."


def drop(ids: list[int]) -> str:
    """Forget these mails, which were not sent."""
    with unit_of_work() as db:
        dropped = db.exec(
            delete(Mail)
            .where(col(Mail.id).in_(ids), col(Mail.sent_at).is_(None))
            .execution_options(synchronize_session=False)
        )
    return f"{dropped.rowcount} mails were dropped."


def preview(folder: Path, lifetime_in: Callable[[Kind], int | None]) -> Iterator[str]:
    """Write each kind in each language as files, with sample data."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in Kind:
        for language in languages():
            made = content(sample(kind, language, lifetime_in(kind)))
            for ending, text in (("html", made.html), ("txt", f"{made.subject}\n\n{made.text}")):
                file = folder / f"{kind}.{language}.{ending}"
                file.write_text(text, encoding="utf-8")
                yield str(file)
