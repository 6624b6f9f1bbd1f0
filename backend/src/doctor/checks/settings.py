"""Whether every setting has one value, from a place that the reader knows of."""

from typing import TYPE_CHECKING

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, Outcome, found_or_fine

if TYPE_CHECKING:
    from src.kit.env_lines import Fault

UNREADABLE = Condition(
    "env_file_unreadable",
    "A .env file cannot be read",
    "Postern refuses to start rather than to guess: with the file left out it could talk to "
    "another database.",
    "A .env file cannot be read",
)
INVALID = Condition(
    "settings_invalid",
    "Postern cannot start with these settings",
    "The service, the migrations and every script end at once, each with the same sentences.",
    "Postern cannot start with these settings",
)
CONFLICT = Condition(
    "settings_conflict",
    "Two places disagree about a setting",
    "One of them is obeyed and the other is not, so what you read may not be what runs. A script "
    "that reads the other file talks to the other database.",
    "Two .env files",
)
OTHER_UNREADABLE = Condition(
    "other_env_file_unreadable",
    "Another .env file cannot be read",
    "Postern does not obey it. Whether it disagrees with backend/.env is not known, and a script "
    "that reads it may talk to another database.",
    "A .env file cannot be read",
)
UNKNOWN = Condition(
    "setting_unknown",
    "backend/.env names a setting that does not exist",
    "It has no effect. A typing error here leaves the default in force, in silence.",
    "A setting has no effect",
)
ODD_LINE = Condition(
    "env_file_line",
    "A setting stands twice in one place",
    "Both say the same today. After a change of one of them Postern does not start.",
    "DATABASE_URL is set twice",
)
LIBPQ = Condition(
    "libpq_variables",
    "The shell sets variables that psql obeys and Postern does not",
    "psql and scripts of your own may connect to another server, database or search_path than "
    "the service, which reads DATABASE_URL alone.",
    "It works in psql but not in the app",
)
PROCESS = "the process environment"
# With these psql reaches the same database all the same.
LEAD_NOWHERE = frozenset({"PGPASSWORD", "PGPASSFILE", "PGAPPNAME", "PGCONNECT_TIMEOUT", "PGTZ"})


def readable(case: Case) -> Outcome:
    from src.settings import InvalidSettings, UnreadableEnvFile

    reading = case.reading
    if not isinstance(reading, InvalidSettings):
        return Fine(_summary(case))
    reasons = tuple(reason.removeprefix("- ") for reason in reading.reasons)
    if isinstance(reading, UnreadableEnvFile):
        return UNREADABLE.found(*reasons, mend=_fix(reading.faults[0]))
    return INVALID.found(*reasons, mend="Correct what the sentences above name, in that place.")


def _fix(fault: "Fault") -> str:
    place = "backend/.env" if fault.line is None else f"In backend/.env, line {fault.line}"
    return f"{place}: {fault.fix}"


def _summary(case: Case) -> str:
    sources = [entry.source for entry in case.loaded.provenance.values()]
    counts = {name: sources.count(name) for name in dict.fromkeys(sources)}
    return ", ".join(f"{count} from {name}" for name, count in counts.items())


def one_value_each(case: Case) -> Outcome:
    conflicts = case.loaded.conflicts
    evidence, steps = [], []
    for entry in conflicts:
        winner = f"{entry.name}: {_claim(case, entry.name, entry.source)} wins"
        evidence += [
            f"{winner}; {_claim(case, entry.name, loser)} is not obeyed"
            for loser in entry.conflicts
        ]
        shell = entry.source == PROCESS
        steps += (
            [f"unset {entry.name}"]
            if shell
            else [f"remove {entry.name} from {loser}" for loser in entry.conflicts]
        )
    found = [CONFLICT.found(*evidence, mend="; ".join(dict.fromkeys(steps)))] if conflicts else []
    if unreadable := case.loaded.unreadable:
        mend = "Remove the file, or correct what the sentence above names."
        found.append(OTHER_UNREADABLE.found(*unreadable, mend=mend))
    return found_or_fine(found, "no other .env file and no shell variable disagrees")


def _claim(case: Case, name: str, source: str) -> str:
    """The place, and what it says where that is no secret."""
    value = case.told(name.lower(), source)
    return f"{source} ({value})" if value else source


def known_names(case: Case) -> Outcome:
    unknown = case.loaded.unknown
    if not unknown:
        return Fine("every name in backend/.env is a setting")
    places = ", ".join(one.name or f"line {one.line}" for one in unknown)
    return UNKNOWN.found(*map(str, unknown), mend=f"Correct or remove in backend/.env: {places}")


def clear_lines(case: Case) -> Outcome:
    if repeated := case.loaded.repeated:
        return ODD_LINE.found(*repeated, mend="Keep one of them, in the place that is named.")
    return Fine("each setting stands once in each place")


def no_libpq_variables(case: Case) -> Outcome:
    names = [name for name in case.loaded.libpq if name not in LEAD_NOWHERE]
    if names:
        return LIBPQ.found(
            f"set in this shell: {', '.join(names)}", mend=f"unset {' '.join(names)}"
        )
    return Fine("no PG* variable leads psql elsewhere")


CHECKS = (
    Check(Group.SETTINGS, "The settings can be read", readable),
    Check(Group.SETTINGS, "Every setting has one value", one_value_each),
    Check(Group.SETTINGS, "Every name is a setting", known_names),
    Check(Group.SETTINGS, "Every line is clear", clear_lines),
    Check(Group.SETTINGS, "psql and the service see the same", no_libpq_variables),
)
