"""Whether the database is the original, or a copy about which nobody has decided yet."""

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, NotExamined, Outcome

COPY = Condition(
    "database_is_a_copy",
    "The database is a copy, or it has moved",
    "A copy holds the original's id, signing keys and sessions: with the same SECRET_KEY, each "
    "accepts tokens of the other.",
    "A copy of the database",
)


def the_original(case: Case) -> Outcome:
    standing = case.standing
    if standing is None:
        return NotExamined("the tables are not what the code wants, or may not be read")
    from src.schema.copies import FORK, KEEP

    if standing.is_a_copy:
        return COPY.found(
            f"{case.endpoints[0]}, instance {standing.instance_id}",
            f"last known at: {standing.recorded}",
            f"seen at: {standing.seen}",
            mend=f"If the original has moved here: {KEEP}. If this is a copy: {FORK}",
        )
    if standing.seen.system_identifier is None:
        return NotExamined("its role may not call pg_control_system(), which identifies the server")
    return Fine(f"instance {standing.instance_id} is where it was: {standing.seen}")


CHECKS = (Check(Group.IDENTITY, "The database is no undecided copy", the_original),)
