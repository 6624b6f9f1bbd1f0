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
TWO_HEADS = Condition(
    "migrations_two_heads",
    "Two migrations both claim to be the newest",
    "Two branches were merged. Alembic refuses to choose, so nothing is applied.",
    "Multiple head revisions are present",
)


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
    from src.database.migrations import transaction_pooled

    with deadline(5):
        return transaction_pooled(single_use_engine(direct.url))


def one_head(case: Case) -> Outcome:
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(case.checkout.backend / "alembic"))
    heads = directory.get_heads()
    if len(heads) > 1:
        from src.database.commands import MERGE  # not before: it needs settings that stand

        return TWO_HEADS.found(
            f"both are the newest: {', '.join(heads)}",
            mend=MERGE,
        )
    return Fine(f"the newest is {', '.join(heads) or 'none'}")


CHECKS = (
    Check(Group.MIGRATIONS, "Migrations avoid the pooler", direct_connection),
    Check(Group.MIGRATIONS, "There is one newest migration", one_head),
)
