"""Gives each account of an earlier release its `address_key`, and reports those that share one."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ARRAY, BigInteger, Row, Text, cast, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from src.database.faults import constraint_of
from src.models import User
from src.upkeep.jobs import BATCH, Job, in_batches
from src.users.addresses import address_key
from src.users.steps import ONE_ADDRESS

log = logging.getLogger("postern.users")

Keyless = Row[tuple[int, str]]
"""The id and the address of an account without a key."""


@dataclass(frozen=True)
class Alike:
    user_id: int
    holder_id: int
    """The account with the key."""


@dataclass(frozen=True)
class Judged:
    keys: dict[int, str]
    """The new keys by account, for the accounts that can have one."""
    alike: list[Alike]


def judge(db: Session, keyless: Sequence[Keyless]) -> Judged:
    """An account keeps its key. Of two without a key, the older one gets it."""
    keys = {user.id: address_key(user.email) for user in keyless}
    held = select(col(User.address_key), col(User.id)).where(
        col(User.address_key).in_(set(keys.values()))
    )
    holders = {row.address_key: row.id for row in db.execute(held)}
    alike = [
        Alike(user_id, holder)
        for user_id, key in sorted(keys.items())
        if (holder := holders.setdefault(key, user_id)) != user_id
    ]
    for one in alike:
        del keys[one.user_id]
    return Judged(keys, alike)


@dataclass
class AddressKeys:
    """One walk over the accounts without a key, in the order of their ids."""

    after: int = 0
    written: int = 0
    alike: list[Alike] = field(default_factory=list)

    def batch(self, db: Session, most: int = BATCH) -> int:
        """Make the next keys, and return how many accounts were checked.

        Rows that a request holds are left for the next time.
        """
        lacking = (
            select(col(User.id), col(User.email))
            .where(col(User.address_key).is_(None), col(User.id) > self.after)
            .order_by(col(User.id))
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        keyless = db.execute(lacking).all()
        if not keyless:
            return 0
        judged = self._write(db, keyless)
        self.after = keyless[-1].id
        self.written += len(judged.keys)
        self.alike += judged.alike
        return len(keyless)

    def _write(self, db: Session, keyless: Sequence[Keyless]) -> Judged:
        while True:
            judged = judge(db, keyless)
            try:
                with db.begin_nested():
                    store(db, judged.keys)
            except IntegrityError as error:  # a new account has just got one of them
                if constraint_of(error) != ONE_ADDRESS:
                    raise
            else:
                return judged


def store(db: Session, keys: dict[int, str]) -> None:
    new = func.unnest(
        cast(list(keys.keys()), ARRAY(BigInteger)), cast(list(keys.values()), ARRAY(Text))
    )
    rows = new.table_valued("id", "key").render_derived(name="new")
    db.execute(
        update(User)
        .where(col(User.id) == rows.c.id)
        .values(address_key=rows.c.key)
        .execution_options(synchronize_session=False)
    )


class AddressJob:
    """Remembers which accounts it has reported, so that each is logged once."""

    def __init__(self) -> None:
        self._reported: set[Alike] = set()

    def run(self, stopping: threading.Event) -> int:
        walk = AddressKeys()
        in_batches(walk.batch, stopping)
        for one in walk.alike:
            if one not in self._reported:
                self._reported.add(one)
                log.warning(
                    "addresses_alike: accounts %s and %s have addresses that look the same; both "
                    "still sign in; `postern doctor` says what to do",
                    *(one.holder_id, one.user_id),
                )
        return walk.written


JOBS = (Job("key_addresses", AddressJob().run),)
