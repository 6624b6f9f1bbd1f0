"""Whether every setting has one value, from a place that the reader knows of."""

import difflib

from src.doctor.case import Case
from src.doctor.env_file import odd_lines
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome

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
UNKNOWN = Condition(
    "setting_unknown",
    "backend/.env names a setting that does not exist",
    "It has no effect. A typing error here leaves the default in force, in silence.",
    "A setting has no effect",
)
ODD_LINE = Condition(
    "env_file_line",
    "A line of backend/.env does not say one clear thing",
    "Of a name that stands twice the last line wins; a line that cannot be read is left out.",
    "A setting has no effect",
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
    reading = case.reading
    if not isinstance(reading, tuple):
        return Fine(_summary(case))
    reasons = tuple(reason.removeprefix("- ") for reason in reading)
    if any("cannot be read" in reason for reason in reasons):
        return UNREADABLE.found(
            *reasons, mend="Save the file as UTF-8 text, readable by the user that runs Postern."
        )
    return INVALID.found(*reasons, mend="Correct what the sentences above name, in that place.")


def _summary(case: Case) -> str:
    sources = [entry.source for entry in case.loaded.provenance.values()]
    counts = {name: sources.count(name) for name in dict.fromkeys(sources)}
    return ", ".join(f"{count} from {name}" for name, count in counts.items())


def one_value_each(case: Case) -> Outcome:
    conflicts = case.loaded.conflicts
    if not conflicts:
        return Fine("no other .env file and no shell variable disagrees")
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
    return CONFLICT.found(*evidence, mend="; ".join(dict.fromkeys(steps)))


def _claim(case: Case, name: str, source: str) -> str:
    """The place, and what it says where that is no secret."""
    value = case.told(name.lower(), source)
    return f"{source} ({value})" if value else source


def known_names(case: Case) -> Outcome:
    from src.settings import Settings

    unknown = case.loaded.unknown
    if not unknown:
        return Fine("every name in backend/.env is a setting")
    names = [field.upper() for field in Settings.model_fields]
    evidence = []
    for name in unknown:
        close = difflib.get_close_matches(name, names, 1)
        evidence.append(f"{name}: did you mean {close[0]}?" if close else name)
    mend = f"Correct or remove in backend/.env: {', '.join(unknown)}"
    return UNKNOWN.found(*evidence, mend=mend)


def clear_lines(case: Case) -> Outcome:
    path = case.checkout.env_file
    if not path.is_file():
        return Fine("there is no backend/.env: the defaults are in force")
    try:
        odd = odd_lines(path)
    except (OSError, UnicodeDecodeError):
        raise CannotExamine("the file cannot be read") from None
    if odd:
        return ODD_LINE.found(*odd, mend="Leave one line NAME=value for each name in backend/.env.")
    return Fine("each name stands once")


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
