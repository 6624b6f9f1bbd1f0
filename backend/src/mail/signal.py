"""Wakes the postman of this process when a commit has put a mail into the outbox."""

from sqlalchemy import event
from sqlmodel import Session

from src.database.database import current

NAME = "mail"


def on_commit(db: Session) -> None:
    waiting = current().signal(NAME)
    event.listen(db, "after_commit", lambda _: waiting.set(), once=True)
