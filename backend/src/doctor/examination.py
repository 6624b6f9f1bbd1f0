"""All checks in the order of cause and effect. An error in one check does not stop the others."""

from alembic.util import CommandError

from src.doctor.case import Case
from src.doctor.checks import (
    accounts,
    breached,
    bytecode,
    copy,
    identity,
    mail,
    migrations,
    passkeys,
    reachability,
    runtime,
    schema,
    security,
    servers,
    settings,
    upkeep,
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
from src.doctor.start import kind_of

CHECKS: tuple[Check, ...] = (
    *settings.CHECKS,
    *reachability.CHECKS,
    *identity.CHECKS,
    *copy.CHECKS,
    *schema.CHECKS,
    *migrations.CHECKS,
    *runtime.CHECKS,
    *upkeep.CHECKS,
    *mail.CHECKS,
    *bytecode.CHECKS,
    *servers.CHECKS,
    *security.CHECKS,
    *accounts.CHECKS,
    *breached.CHECKS,
    *web_app.CHECKS,
    *passkeys.CHECKS,
)


def examine(case: Case, checks: tuple[Check, ...] = CHECKS) -> Report:
    entries = tuple(
        Entry(number, check.group, check.title, carry_out(check, case))
        for number, check in enumerate(checks, 1)
    )
    return Report(case.subject, entries)


def carry_out(check: Check, case: Case) -> Outcome:
    """The check's outcome. Every error inside it becomes `Failed`."""
    try:
        return check.examine(case)
    except CannotExamine as reason:
        return NotExamined(str(reason))
    except (Exception, SystemExit) as error:  # noqa: BLE001  the next checks still have to run
        return Failed(described(error))


def described(error: Exception | SystemExit) -> str:
    """What went wrong. The error's message is shown only if it can hold no secret."""
    match error:
        case CommandError():  # a sentence about migrations, from Alembic or from us
            return str(error)
        case SystemExit(code=str(sentence)):  # our own sentence, which names no value
            return sentence
        case OSError(filename=str(name)):
            return f"{error.strerror}: {name}"
        case _:
            return kind_of(error)
