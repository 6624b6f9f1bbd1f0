"""All checks in the order of cause and effect, carried out so that none can stop the others."""

import traceback
from pathlib import Path

from src.doctor.case import Case
from src.doctor.checks import (
    bytecode,
    copy,
    identity,
    migrations,
    reachability,
    runtime,
    schema,
    security,
    servers,
    settings,
    web_app,
)
from src.doctor.report import (
    CannotExamine,
    Check,
    Entry,
    Failed,
    NotExamined,
    Outcome,
    Report,
)

CHECKS: tuple[Check, ...] = (
    *settings.CHECKS,
    *reachability.CHECKS,
    *identity.CHECKS,
    *copy.CHECKS,
    *schema.CHECKS,
    *migrations.CHECKS,
    *runtime.CHECKS,
    *bytecode.CHECKS,
    *servers.CHECKS,
    *security.CHECKS,
    *web_app.CHECKS,
)

SPEAK_FOR_THEMSELVES = frozenset({"CommandError", "MigrationsRefused", "WouldLoseData"})
"""Sentences about migrations, of Alembic's or ours; named, as importing them needs packages."""


def examine(case: Case, checks: tuple[Check, ...] = CHECKS) -> Report:
    entries = tuple(
        Entry(number, check.group, check.title, carry_out(check, case))
        for number, check in enumerate(checks, 1)
    )
    return Report(case.subject, entries)


def carry_out(check: Check, case: Case) -> Outcome:
    """The check's outcome; whatever goes wrong inside it becomes `Failed`."""
    try:
        return check.examine(case)
    except CannotExamine as reason:
        return NotExamined(str(reason))
    except (Exception, SystemExit) as error:  # noqa: BLE001  the next check must still be heard
        return Failed(described(error))


def described(error: BaseException) -> str:
    """The kind of error and its place. Its message is told only where it can hold no secret."""
    if isinstance(error, ImportError):
        return str(error)
    if isinstance(error, SystemExit) and isinstance(error.code, str):
        return error.code  # our own sentence, which names no value
    if type(error).__name__ in SPEAK_FOR_THEMSELVES:
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
