"""Watches the place of the database: a copy is reported once, until somebody decides."""

import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from src.database.origin import Endpoint
from src.schema import copies
from src.schema.place import Standing

log = logging.getLogger("postern.database")

CODE = "database_is_a_copy"

Decide = Callable[[Standing], None]


class CopyWatch:
    """Remembers what the last look found."""

    def __init__(self, decide: Decide | None = None) -> None:
        self._decide = decide
        """Called to decide automatically, which it does only if that is safe."""
        self._standing: Standing | None = None
        self._reported: Standing | None = None
        self._asked: Standing | None = None

    @property
    def undecided(self) -> bool:
        return self._standing is not None and self._standing.is_a_copy

    def look(self, endpoint: Endpoint) -> Standing | None:
        """Where the database is now; records the first place, and reports a copy."""
        standing = copies.look(endpoint)
        if standing is not None and standing.is_a_copy and self._decide and standing != self._asked:
            self._asked = standing  # ask only once: otherwise an operator decides
            self._decide(standing)
            standing = copies.look(endpoint)  # another process may have decided in the meantime
        if standing is not None and not standing.recorded.known:
            with suppress(SQLAlchemyError), copies.writing_to(endpoint) as connection:
                copies.record(connection, standing, first_time=True)
        self._standing = standing
        if standing is not None and standing.is_a_copy:
            self._report(endpoint, standing)
        return standing

    def _report(self, endpoint: Endpoint, standing: Standing) -> None:
        if standing == self._reported:
            return
        self._reported = standing
        log.error(
            "%s: %s: instance %s was last known in another place (%s); now it is here (%s). "
            "If it has moved here: %s. If this is a copy: %s",
            CODE,
            endpoint,
            standing.instance_id,
            *(standing.recorded, standing.seen, copies.KEEP, copies.FORK),
        )
