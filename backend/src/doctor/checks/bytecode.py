"""Whether Python runs old code: only where a cached file would be taken, and differs."""

from pathlib import Path

from src.doctor import pyc
from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Fix, Group, Outcome

STALE = Condition(
    "stale_bytecode",
    "Python runs old code from a .pyc file",
    "Size and time of the source stand in the .pyc (or it asks not to be checked), so Python "
    "takes it and never sees that the source says something else.",
    "Stale bytecode",
)
SOURCELESS = Condition(
    "sourceless_bytecode",
    "A .pyc file stands in for a source that is not there",
    "Python imports it like any module: code that was deleted or renamed goes on running.",
    "A .pyc without its source",
)
FOLDERS = ("src", "alembic")


def no_stale_bytecode(case: Case) -> Outcome:
    folders = [case.checkout.backend / name for name in FOLDERS]
    found = [path for folder in folders for path in pyc.stale(folder)]
    if not found:
        return Fine("every .pyc that Python would take is what its source compiles to")
    return STALE.found(*_named(case, found), mend="bash backend/clear_cache.sh", fix=_remove(found))


def no_sourceless_bytecode(case: Case) -> Outcome:
    found = list(pyc.sourceless(case.checkout.backend / "src"))
    if not found:
        return Fine("none")
    evidence = _named(case, found)
    return SOURCELESS.found(*evidence, mend="bash backend/clear_cache.sh", fix=_remove(found))


def _named(case: Case, paths: list[Path]) -> list[str]:
    return [case.checkout.shown(path) for path in paths]


def _remove(paths: list[Path]) -> Fix:
    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    return Fix(f"removed {', '.join(path.name for path in paths)}", remove)


CHECKS = (
    Check(Group.BYTECODE, "No .pyc holds old code", no_stale_bytecode),
    Check(Group.BYTECODE, "No .pyc without a source", no_sourceless_bytecode),
)
