"""Whether migrations can run: over a direct connection, in one line from first to newest."""

from typing import TYPE_CHECKING

from src.doctor.case import Case
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome

if TYPE_CHECKING:
    from src.database.origin import Endpoint

POOLED = Condition(
    "migrations_pooled",
    "Migrations would run through a transaction pooler",
    "Their lock and their timeouts belong to a session, which does not hold there: two processes "
    "could migrate at once. Postern refuses to.",
    "Neon's pooled host",
)

HINDRANCES = {
    kind: Condition(f"migration_{kind}", title, why, heading)
    for kind, title, why, heading in (
        (
            "may_not_create",
            "The role of the migrations may not create tables",
            "PostgreSQL 15 and newer let only the owner of a database create in the schema public.",
            "permission denied for schema public",
        ),
        (
            "not_owner",
            "The role of the migrations does not own the tables",
            "PostgreSQL lets only its owner alter a table; no grant changes that.",
            "must be owner of table",
        ),
        (
            "needs_values",
            "A migration needs values that rows do not have",
            "PostgreSQL refuses NOT NULL while there is a row without a value.",
            'column "…" of relation "…" contains null values',
        ),
        (
            "drops",
            "A migration may remove data",
            "Nobody was asked, so AUTO_MIGRATE and --fix do not apply it.",
            "A migration drops a table or a column",
        ),
    )
}


def direct_connection(case: Case) -> Outcome:
    _, direct = case.endpoints
    from src.database.endpoints import pooled_by_name

    why = pooled_by_name(direct.url)
    if why is None and case.obstacles[1]:
        raise CannotExamine("the direct endpoint cannot be reached")
    if why := why or _shared(direct):
        return POOLED.found(
            str(direct),
            why,
            mend="Set DATABASE_URL_UNPOOLED in backend/.env to the direct address.",
        )
    return Fine(f"{direct.address} is no transaction pooler")


def _shared(direct: "Endpoint") -> str | None:
    from src.database.connecting import single_use_engine
    from src.database.deadline import deadline
    from src.schema.migrations.runner import transaction_pooled

    with deadline(5):
        return transaction_pooled(single_use_engine(direct.url))


def applicable(case: Case) -> Outcome:
    obstacle = case.hindrance
    if obstacle is None:
        return Fine("nothing stands in the way of migrations")
    if obstacle.kind not in HINDRANCES:
        raise CannotExamine(obstacle.summary.rstrip("."))
    return HINDRANCES[obstacle.kind].found(obstacle.summary, mend=obstacle.command)


CHECKS = (
    Check(Group.MIGRATIONS, "Migrations avoid the pooler", direct_connection),
    Check(Group.MIGRATIONS, "Pending migrations can be applied", applicable),
)
