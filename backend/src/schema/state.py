"""Compares models, migrations and the live database: the state of the schema, and how to fix it.

It looks through its own connection, in one read-only transaction with time limits. So it works
behind a transaction pooler and for a role that may only read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, MetaData

from src.database.connecting import single_use_engine
from src.database.deadline import deadline
from src.database.faults import NO_ANSWER
from src.database.opening import opening
from src.database.origin import Endpoint
from src.schema import difference as schema_diff
from src.schema import live_schema
from src.schema.difference import Difference, DifferenceKind
from src.schema.evidence import Evidence, SchemaStatus, status_of
from src.schema.migrations.history import History, Migration, own_history
from src.schema.ours import Ours
from src.schema.reach import reach
from src.schema.words import explain

__all__ = [
    "Difference",
    "DifferenceKind",
    "Migration",
    "SchemaState",
    "SchemaStatus",
    "examine",
    "inspect",
    "looking_through",
]

WITHIN = 8.0
"""Seconds for one look, the connection included."""
STATEMENT_TIMEOUT = "3s"
LOCK_TIMEOUT = "1s"


@dataclass(frozen=True)
class SchemaState:
    """What is known about an endpoint's database. Shows no secret."""

    status: SchemaStatus
    summary: str
    """One or two sentences: which database, from which setting, at which revision, lacks what."""
    command: str | None
    """The one command or edit that fixes it; None if there is nothing to fix."""
    address: str
    setting: str
    source: str
    head: str
    revision: str | None = None
    behind: int = 0
    differences: tuple[Difference, ...] = ()
    database: str | None = None
    schema: str | None = None
    role: str | None = None
    server_version: str | None = None
    instance_id: UUID | None = None
    unreachable: reach.Unreachable | None = None
    """The step at which the connection fails, if it does."""

    @property
    def ready(self) -> bool:
        """Whether requests can be served.

        A newer release migrates while this one still runs, so `ahead` serves as long as nothing
        that this code needs is gone.
        """
        if self.status is SchemaStatus.AHEAD:
            return not any(item.missing and not item.harmless for item in self.differences)
        return self.status is SchemaStatus.OK


def inspect(
    endpoint: Endpoint,
    metadata: MetaData,
    *,
    history: History | None = None,
    within: float = WITHIN,
    first: Callable[[Connection], None] = lambda _: None,
) -> SchemaState:
    """The state of the schema behind `endpoint`. A failed connection is a state, not an exception.

    `metadata` is `src.models.metadata`. `first` is done with the connection before it looks.
    """
    history = history or own_history()
    try:
        with looking_through(endpoint, within=within) as connection:
            first(connection)
            return examine(connection, metadata, endpoint, history)
    except NO_ANSWER as error:
        return unreachable(endpoint, history, reach.explain(endpoint, error))


def examine(
    connection: Connection, metadata: MetaData, endpoint: Endpoint, history: History
) -> SchemaState:
    """The same through a connection that is open."""
    live = live_schema.read(connection, Ours(metadata, history).tables, endpoint.schema)
    found = schema_diff.differences(connection, metadata, history)
    return judge(Evidence(live, found, history, endpoint))


@contextmanager
def looking_through(endpoint: Endpoint, *, within: float = WITHIN) -> Iterator[Connection]:
    """A read-only transaction on its own short-lived connection; ends within `within` seconds."""
    with deadline(within), single_use_engine(endpoint.url).connect() as connection:
        connection.exec_driver_sql(
            opening(
                endpoint.schema,
                statement_timeout=STATEMENT_TIMEOUT,
                lock_timeout=LOCK_TIMEOUT,
                read_only=True,
            )
        )
        yield connection


def judge(evidence: Evidence) -> SchemaState:
    """The state that follows from the evidence."""
    status = status_of(evidence)
    summary, command = explain(status, evidence)
    live, endpoint = evidence.live, evidence.endpoint
    return SchemaState(
        status=status,
        summary=summary,
        command=command,
        address=endpoint.address,
        setting=endpoint.setting,
        source=endpoint.source,
        head=evidence.history.head,
        revision=", ".join(live.revisions or ()) or None,
        behind=0 if evidence.unknown else len(evidence.pending),
        differences=() if evidence.blind else evidence.differences,
        database=live.database,
        schema=live.schema,
        role=live.role,
        server_version=live.server_version,
        instance_id=live.instance_id,
    )


def unreachable(endpoint: Endpoint, history: History, why: reach.Unreachable) -> SchemaState:
    return SchemaState(
        status=SchemaStatus.UNREACHABLE,
        summary=f"{endpoint.address} ({endpoint.origin}) cannot be used: {why.summary}.",
        command=why.command,
        address=endpoint.address,
        setting=endpoint.setting,
        source=endpoint.source,
        head=history.head,
        unreachable=why,
    )
