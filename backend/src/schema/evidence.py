"""What was seen in a database, compared with what this code needs, and the state that follows."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import takewhile

from src.database.origin import Endpoint
from src.schema.difference import Difference, DifferenceKind
from src.schema.live_schema import LiveSchema
from src.schema.migrations.history import History, Migration, Piece
from src.schema.privileges import VERSION_TABLE

MARKS = ("instance", "applied_migration")
"""Tables that only Postern has. Many other databases have a table `user`, too."""
MISSING_TABLE = DifferenceKind.MISSING_TABLE
MISSING_COLUMN = DifferenceKind.MISSING_COLUMN


class SchemaStatus(StrEnum):
    OK = "ok"
    EMPTY = "empty"
    BEHIND = "behind"
    AHEAD = "ahead"
    UNKNOWN_REVISION = "unknown_revision"
    RECORDED_BUT_MISSING = "recorded_but_missing"
    DRIFTED = "drifted"
    FOREIGN = "foreign"
    WRONG_SEARCH_PATH = "wrong_search_path"
    MISSING_PRIVILEGES = "missing_privileges"
    READ_ONLY = "read_only"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Evidence:
    """What was seen in the database, and what this code needs."""

    live: LiveSchema
    differences: tuple[Difference, ...]
    history: History
    endpoint: Endpoint

    @cached_property
    def harmful(self) -> tuple[Difference, ...]:
        return tuple(item for item in self.differences if not item.harmless)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        return tuple(r for r in self.live.revisions or () if r not in self.history.revisions)

    @cached_property
    def known(self) -> str | None:
        """The recorded revision, if it is one of ours."""
        positions = map(
            self.history.revisions.index, set(self.live.revisions or ()) - {*self.unknown}
        )
        newest = max(positions, default=None)
        return None if newest is None else self.history.revisions[newest]

    @cached_property
    def pending(self) -> tuple[Migration, ...]:
        return self.history.lacking({*(self.live.revisions or ())} - {*self.unknown})

    @cached_property
    def unexplained(self) -> tuple[Difference, ...]:
        """Differences that no pending migration will change."""
        pending = set(self.pending)
        return tuple(item for item in self.harmful if item.migration not in pending)

    @cached_property
    def marked(self) -> bool:
        return all(self.live.sees(name) for name in MARKS)

    @cached_property
    def blind(self) -> bool:
        """Whether the role may not read the tables that show the state."""
        closed = any(item.kind == "SCHEMA" for item in self.live.lacking)
        unreadable = {item.name for item in self.live.ours if item.visible and not item.readable}
        return closed or (self.marked and not unreadable.isdisjoint({VERSION_TABLE, *MARKS}))

    @cached_property
    def theirs(self) -> tuple[str, ...]:
        """Tables in our schema with our names. Without `MARKS` they are another application's."""
        seen = {item.name for item in self.live.ours if item.visible}
        if not self.unknown:  # an empty version table is no obstacle
            seen -= {VERSION_TABLE}
        return tuple(sorted(seen))

    @cached_property
    def never_run(self) -> tuple[str, ...]:
        """Revisions that are recorded but were only stamped: they were never applied."""
        if self.known is None or self.live.applied is None:
            return ()
        missing = {migration.revision for migration in self.pending} | self.live.applied
        return tuple(revision for revision in self.history.revisions if revision not in missing)

    @cached_property
    def home(self) -> str | None:
        """Another schema that holds Postern's tables, if ours does not."""
        if self.marked:
            return None
        homes = set(self.live.schemas_of(MARKS[0])) & set(self.live.schemas_of(MARKS[1]))
        return min(homes, default=None)

    @cached_property
    def present_up_to(self) -> str:
        """The newest revision of which, as of all before it, nothing is missing; or `base`."""
        lost = {item.migration for item in self.harmful if item.missing}
        whole = [*takewhile(lambda migration: migration not in lost, self.history.migrations)]
        return whole[-1].revision if whole else "base"

    @cached_property
    def nothing_left_after_present(self) -> bool:
        """Whether the migrations after `present_up_to` can run again: none of their parts exist."""
        tables = {item.table for item in self.differences if item.kind is MISSING_TABLE}
        columns = {(item.table, item.column) for item in self.differences if item.missing}

        def left(piece: Piece) -> bool:
            if piece.kind not in {"table", "column"} or piece.table in tables:
                return False
            return piece.kind == "table" or (piece.table, piece.name) not in columns

        start = None if self.present_up_to == "base" else self.present_up_to
        again = self.history.after(start)
        return not any(left(piece) for migration in again for piece in migration.adds)


def status_of(evidence: Evidence) -> SchemaStatus:
    if evidence.blind:
        return SchemaStatus.MISSING_PRIVILEGES
    status = _of_the_tables(evidence)
    if status not in {SchemaStatus.OK, SchemaStatus.AHEAD, SchemaStatus.DRIFTED}:
        return status
    if evidence.live.lacking:
        return SchemaStatus.MISSING_PRIVILEGES
    if status is not SchemaStatus.DRIFTED and (
        evidence.live.read_only or evidence.live.in_recovery
    ):
        return SchemaStatus.READ_ONLY
    return status


def _of_the_tables(evidence: Evidence) -> SchemaStatus:
    if evidence.home:
        return SchemaStatus.WRONG_SEARCH_PATH
    if not evidence.live.revisions:
        return _unrecorded(evidence)
    if evidence.unknown:
        return _at_unknown_revision(evidence)
    if any(_lost(item) for item in evidence.unexplained):
        return SchemaStatus.RECORDED_BUT_MISSING
    if evidence.pending:
        return SchemaStatus.BEHIND
    return SchemaStatus.DRIFTED if evidence.harmful else SchemaStatus.OK


def _at_unknown_revision(evidence: Evidence) -> SchemaStatus:
    if not evidence.marked:
        return SchemaStatus.FOREIGN
    newer = {evidence.history.head, *evidence.unknown} <= (evidence.live.applied or frozenset())
    return SchemaStatus.AHEAD if newer else SchemaStatus.UNKNOWN_REVISION


def _unrecorded(evidence: Evidence) -> SchemaStatus:
    """No revision is recorded: it is empty, or another application's, or the record was lost."""
    if evidence.marked:
        return SchemaStatus.UNKNOWN_REVISION
    return SchemaStatus.FOREIGN if evidence.theirs else SchemaStatus.EMPTY


def _lost(item: Difference) -> bool:
    """A table or column that a migration adds, but that the database does not have."""
    return item.kind in {MISSING_TABLE, MISSING_COLUMN} and item.migration is not None
