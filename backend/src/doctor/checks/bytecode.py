"""Whether Python runs old code from a `.pyc` file."""

from pathlib import Path

from src.doctor import pyc
from src.doctor.case import Case
from src.doctor.report import AutomaticFix, Check, Condition, Fine, Group, Outcome

STALE = Condition(
    "stale_bytecode",
    "Python runs old code from a .pyc file",
    "The .pyc file records the size and time of the source, or asks not to be checked. So Python "
    "runs it and does not see that the source has changed.",
    "Stale bytecode",
)
SOURCELESS = Condition(
    "sourceless_bytecode",
    "A .pyc file is imported without a source",
    "Python imports it like any module, so deleted or renamed code still runs.",
    "A .pyc without its source",
)
FOLDERS = ("src", "alembic")
CLEAR = "bash backend/clear_cache.sh"


def no_stale_bytecode(case: Case) -> Outcome:
    """Report: python/cpython 75953, stale bytecode within one second."""
    folders = [case.checkout.backend / name for name in FOLDERS]
    found = [path for folder in folders for path in pyc.stale(folder)]
    if not found:
        return Fine("every .pyc that Python would run is what its source compiles to")
    return STALE.found(*_named(case, found), fix=CLEAR, automatic=_remove(found))


def no_sourceless_bytecode(case: Case) -> Outcome:
    """Story: "A .pyc without its source"."""
    found = list(pyc.sourceless(case.checkout.backend / "src"))
    if not found:
        return Fine("none")
    return SOURCELESS.found(*_named(case, found), fix=CLEAR, automatic=_remove(found))


def _named(case: Case, paths: list[Path]) -> list[str]:
    return [case.checkout.shown(path) for path in paths]


def _remove(paths: list[Path]) -> AutomaticFix:
    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    return AutomaticFix(f"removed {', '.join(path.name for path in paths)}", remove)


CHECKS = (
    Check(Group.BYTECODE, "No .pyc holds old code", no_stale_bytecode),
    Check(Group.BYTECODE, "No .pyc without a source", no_sourceless_bytecode),
)
