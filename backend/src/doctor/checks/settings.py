"""Whether every setting has one value, from a known place."""

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, Outcome, found_or_fine
from src.kit.env_lines import Fault
from src.settings import InvalidSettings, UnreadableEnvFile

UNREADABLE = Condition(
    "env_file_unreadable",
    "A .env file cannot be read",
    "Postern does not start, because without this file it could use another database.",
    "A .env file cannot be read",
)
INVALID = Condition(
    "settings_invalid",
    "Postern cannot start with these settings",
    "The service, the migrations and every script stop at their start, with the same sentences.",
    "Postern cannot start with these settings",
)
CONFLICT = Condition(
    "settings_conflict",
    "Two places disagree about a setting",
    "Postern uses one of them and ignores the other. A script that reads the other file may use "
    "another database.",
    "Two .env files",
)
OTHER_UNREADABLE = Condition(
    "other_env_file_unreadable",
    "Another .env file cannot be read",
    "Postern does not use it, so it is not known whether it disagrees with backend/.env. A script "
    "that reads it may use another database.",
    "A .env file cannot be read",
)
UNKNOWN = Condition(
    "setting_unknown",
    "backend/.env names a setting that does not exist",
    "It has no effect. After a typing error, the default is used without a warning.",
    "A setting has no effect",
)
ODD_LINE = Condition(
    "env_file_line",
    "A setting is given twice in one place",
    "Both have the same value now. If one of them changes, Postern does not start.",
    "DATABASE_URL is set twice",
)
LIBPQ = Condition(
    "libpq_variables",
    "The shell sets variables that psql uses and Postern ignores",
    "psql and your own scripts may use another server, database or search_path than the service, "
    "which reads only DATABASE_URL.",
    "It works in psql but not in the app",
)
PROCESS = "the process environment"
# psql reaches the same database with these.
LEAD_NOWHERE = frozenset({"PGPASSWORD", "PGPASSFILE", "PGAPPNAME", "PGCONNECT_TIMEOUT", "PGTZ"})


def readable(case: Case) -> Outcome:
    """Story: decision 0020, and "A .env file cannot be read"."""
    reading = case.reading
    if not isinstance(reading, InvalidSettings):
        return Fine(_summary(case))
    reasons = tuple(reason.removeprefix("- ") for reason in reading.reasons)
    if isinstance(reading, UnreadableEnvFile):
        return UNREADABLE.found(*reasons, fix=_fix(reading.faults[0]))
    return INVALID.found(
        *reasons, fix="Correct each setting that is named above, in the place that is named."
    )


def _fix(fault: Fault) -> str:
    place = "backend/.env" if fault.line is None else f"In backend/.env, line {fault.line}"
    return f"{place}: {fault.fix}"


def _summary(case: Case) -> str:
    sources = [entry.source for entry in case.loaded.provenance.values()]
    counts = {name: sources.count(name) for name in dict.fromkeys(sources)}
    return ", ".join(f"{count} from {name}" for name, count in counts.items())


def one_value_each(case: Case) -> Outcome:
    """Story: "Two .env files"."""
    conflicts = case.loaded.conflicts
    evidence, steps = [], []
    for entry in conflicts:
        winner = f"{entry.name}: {_claim(case, entry.name, entry.source)} wins"
        evidence += [
            f"{winner}; {_claim(case, entry.name, loser)} is ignored" for loser in entry.conflicts
        ]
        shell = entry.source == PROCESS
        steps += (
            [f"unset {entry.name}"]
            if shell
            else [f"remove {entry.name} from {loser}" for loser in entry.conflicts]
        )
    found = [CONFLICT.found(*evidence, fix="; ".join(dict.fromkeys(steps)))] if conflicts else []
    if unreadable := case.loaded.unreadable:
        fix = "Remove the file, or correct what is named above."
        found.append(OTHER_UNREADABLE.found(*unreadable, fix=fix))
    return found_or_fine(found, "no other .env file and no shell variable disagrees")


def _claim(case: Case, name: str, source: str) -> str:
    """The place, and its value if that is not a secret."""
    value = case.shown_value(name.lower(), source)
    return f"{source} ({value})" if value else source


def known_names(case: Case) -> Outcome:
    """Story: "A setting has no effect"."""
    unknown = case.loaded.unknown
    if not unknown:
        return Fine("every name in backend/.env is a setting")
    places = ", ".join(one.name or f"line {one.line}" for one in unknown)
    return UNKNOWN.found(*map(str, unknown), fix=f"Correct or remove in backend/.env: {places}")


def clear_lines(case: Case) -> Outcome:
    """Story: "DATABASE_URL is set twice"."""
    if repeated := case.loaded.repeated:
        return ODD_LINE.found(*repeated, fix="Keep one of them, in the place that is named above.")
    return Fine("each setting is given once in each place")


def no_libpq_variables(case: Case) -> Outcome:
    """Story: "It works in psql but not in the app"."""
    names = [name for name in case.loaded.libpq if name not in LEAD_NOWHERE]
    if names:
        return LIBPQ.found(f"set in this shell: {', '.join(names)}", fix=f"unset {' '.join(names)}")
    return Fine("no PG* variable makes psql use another database")


CHECKS = (
    Check(Group.SETTINGS, "The settings can be read", readable),
    Check(Group.SETTINGS, "Every setting has one value", one_value_each),
    Check(Group.SETTINGS, "Every name is a setting", known_names),
    Check(Group.SETTINGS, "No setting is given twice", clear_lines),
    Check(Group.SETTINGS, "psql and the service use the same database", no_libpq_variables),
)
