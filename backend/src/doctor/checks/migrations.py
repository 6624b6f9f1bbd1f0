"""Whether migrations can run: over a direct connection, with the rights and rows they need."""

from src.database.connecting import single_use_engine
from src.database.deadline import deadline
from src.database.endpoints import pooled_by_name
from src.database.origin import Endpoint
from src.doctor.case import Case
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome
from src.schema.migrations.runner import transaction_pooled

POOLED = Condition(
    "migrations_pooled",
    "Migrations would run through a transaction pooler",
    "Their lock and timeouts belong to a session, and the pooler changes sessions. Two processes "
    "could migrate at the same time, so Postern refuses.",
    "Neon's pooled host",
)

HINDRANCES = {
    kind: Condition(f"migration_{kind}", title, why, heading)
    for kind, title, why, heading in (
        (
            "may_not_create",
            "The role of the migrations may not create tables",
            "Since PostgreSQL 15 only the database's owner may create tables in the schema public.",
            "permission denied for schema public",
        ),
        (
            "not_owner",
            "The role of the migrations does not own the tables",
            "In PostgreSQL only the owner of a table may alter it. No grant changes that.",
            "must be owner of table",
        ),
        (
            "needs_values",
            "A migration needs values that existing rows lack",
            "PostgreSQL refuses NOT NULL while a row has no value.",
            'column "…" of relation "…" contains null values',
        ),
        (
            "drops",
            "A migration may remove data",
            "Nobody has confirmed that, so AUTO_MIGRATE and --fix do not apply it.",
            "A migration drops a table or a column",
        ),
    )
}


def direct_connection(case: Case) -> Outcome:
    """Report: goauthentik/authentik 23876, migrations that block each other behind PgBouncer."""
    _, direct = case.endpoints
    why = pooled_by_name(direct.url)
    if why is None and case.obstacles[1]:
        raise CannotExamine("the direct endpoint cannot be reached")
    if why := why or _shared(direct):
        return POOLED.found(
            str(direct),
            why,
            fix="Set DATABASE_URL_UNPOOLED in backend/.env to the direct address.",
        )
    return Fine(f"{direct.address} is not a transaction pooler")


def _shared(direct: Endpoint) -> str | None:
    with deadline(5):
        return transaction_pooled(single_use_engine(direct.url))


def applicable(case: Case) -> Outcome:
    """Story: decision 0022, and "must be owner of table"."""
    obstacle = case.hindrance
    if obstacle is None:
        return Fine("nothing prevents migrations")
    if obstacle.kind not in HINDRANCES:
        raise CannotExamine(obstacle.summary.rstrip("."))
    return HINDRANCES[obstacle.kind].found(obstacle.summary, fix=obstacle.command)


CHECKS = (
    Check(Group.MIGRATIONS, "Migrations avoid the pooler", direct_connection),
    Check(Group.MIGRATIONS, "Pending migrations can be applied", applicable),
)
