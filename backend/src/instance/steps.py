"""Forking a copy: it becomes an instance of its own."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, update
from sqlmodel import Session, col

from src.keys import steps as keys
from src.kit.clock import now
from src.kit.crypto import random_bytes
from src.models import Instance, Mail, MailedToken
from src.schema import copies
from src.schema.place import Standing
from src.sessions import steps as sessions
from src.sessions.steps import EndedBy


@dataclass(frozen=True)
class Forked:
    """What a fork has made, and what it has ended."""

    instance_id: UUID
    sessions: int
    signing_keys: int


def fork(connection: Connection, instance_id: UUID) -> Forked | None:
    """Make this database an instance of its own, in the caller's transaction.

    Returns None and changes nothing if its id is no longer `instance_id`: of several forks at
    the same time, the database accepts one.
    """
    with Session(connection) as db:
        standing = copies.read(connection)
        new = UUID(bytes=random_bytes(16), version=4)
        renamed = (
            update(Instance)
            .where(col(Instance.id) == instance_id)
            .values(id=new, forked_at=now())
            .execution_options(synchronize_session=False)
        )
        if standing is None or db.execute(renamed).rowcount == 0:  # type: ignore[attr-defined]  # of an UPDATE
            return None
        copies.record(connection, Standing(new, standing.recorded, standing.seen))
        removed = keys.remove_all(db)
        ended = sessions.end_all(db, by=EndedBy.FORK)
        for of_original in (Mail, MailedToken):  # nobody gets mail, or uses a link, of the original
            db.execute(delete(of_original))
        return Forked(new, ended, removed)
