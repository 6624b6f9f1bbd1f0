"""Whether the database has moved or was copied, and the operator has not decided which."""

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, NotExamined, Outcome
from src.schema.copies import FORK, KEEP

COPY = Condition(
    "database_is_a_copy",
    "The database is a copy, or it has moved",
    "A copy has the id, signing keys and sessions of the original. With the same SECRET_KEY, each "
    "accepts the other's tokens.",
    "A copy of the database",
)


def not_an_open_copy(case: Case) -> Outcome:
    """Story: decision 0023."""
    standing = case.standing
    if standing is None:
        return NotExamined("the tables are not what the code needs, or may not be read")
    if standing.is_a_copy:
        return COPY.found(
            f"{case.endpoints[0]}, instance {standing.instance_id}",
            f"recorded place: {standing.recorded}",
            f"place now: {standing.seen}",
            fix=f"If the original has moved here: {KEEP}. If this is a copy: {FORK}",
        )
    if standing.seen.system_identifier is None:
        return NotExamined("its role may not call pg_control_system(), which identifies the server")
    return Fine(f"instance {standing.instance_id} is where it was: {standing.seen}")


CHECKS = (Check(Group.IDENTITY, "The database is where it was", not_an_open_copy),)
