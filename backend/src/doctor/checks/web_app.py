"""Whether the web app and the API mean one service."""

from src.doctor import answers
from src.doctor.case import Case
from src.doctor.checks.settings import OTHER_UNREADABLE
from src.doctor.report import (
    CannotExamine,
    Check,
    Condition,
    Fine,
    Found,
    Group,
    NotExamined,
    Outcome,
    found_or_fine,
)
from src.doctor.shown import shown

OTHER_ADDRESS = Condition(
    "web_app_other_address",
    "The web app is told other addresses than the API",
    "The web app calls, or believes itself to be, another service: people sign up in one place "
    "and cannot sign in at the other.",
    "API_URL and WEB_URL do not match",
)
NOT_POSTERN = Condition(
    "api_url_not_postern",
    "Something else answers at API_URL",
    "Another program has taken the port, or the address leads elsewhere.",
    "API_URL and WEB_URL do not match",
)
OTHER_POSTERN = Condition(
    "api_url_other_postern",
    "Another Postern answers at API_URL",
    "What you read here is not what the web app and its users talk to.",
    "API_URL and WEB_URL do not match",
)
ADDRESSES = ("api_url", "web_url")
ELSEWHERE = "if the service runs elsewhere: postern doctor --api-url=URL"
ENV_FILES = (".env", ".env.local", ".env.development", ".env.production")


def same_addresses(case: Case) -> Outcome:
    """The files that Next reads; another API_URL is right where this Postern answers at it."""
    from src.kit import env_file

    if not case.checkout.frontend.is_dir():
        return NotExamined("the web app is not here")
    found, seen = [], []
    for name in ENV_FILES:
        lines = env_file.read(case.checkout.frontend / name, ADDRESSES)
        for field in ADDRESSES:
            if field in lines.values:
                seen.append(f"{field.upper()} in frontend/{name}")
                found += _compared(case, field, lines.values[field].rstrip("/"), f"frontend/{name}")
        for fault in lines.faults:
            # Next has other rules for lines: a value may have several, as a certificate has.
            if fault.line is None or fault.name:
                evidence = f"frontend/{name} cannot be read: {fault.says}."
                mend = f"In frontend/{name}: {fault.fix}"
                found.append(OTHER_UNREADABLE.found(evidence, mend=mend))
    return found_or_fine(found, f"{', '.join(seen)}: the same" if seen else "none of its own")


def _compared(case: Case, field: str, theirs: str, file: str) -> list[Found]:
    ours = getattr(case.settings, field)
    plain = shown(field, theirs)
    if theirs == ours or (plain and field == "api_url" and _who(case, theirs) is answers.Who.OURS):
        return []
    evidence = (
        f"{file} says {field.upper()}={plain}"
        if plain
        else f"{field.upper()} in {file} is no address",
        f"{case.loaded.source_of(field)} says {ours}",
    )
    return [OTHER_ADDRESS.found(*evidence, mend=f"Set {field.upper()}={ours} in {file}")]


def _who(case: Case, url: str) -> answers.Who:
    try:
        instance = str(case.schema.instance_id or "") or None
    except (CannotExamine, ImportError):
        instance = None
    return answers.who(url, api_url=case.api_url, instance=instance)


def ours_at_api_url(case: Case) -> Outcome:
    url = case.api_url
    match _who(case, url):
        case answers.Who.NOBODY:
            return NotExamined(f"nothing answers at {url} ({ELSEWHERE})")
        case answers.Who.STRANGER:
            return NOT_POSTERN.found(
                f"{url} answers, and not as Postern does",
                mend="Stop the program that has the port, or correct API_URL.",
            )
        case answers.Who.OTHER:
            return OTHER_POSTERN.found(
                f"the Postern at {url} has another API_URL or another database",
                mend="Correct API_URL, or restart the service that answers there.",
            )
        case _:
            return Fine(f"this Postern answers at {url}")


CHECKS = (
    Check(Group.WEB_APP, "It is told the same addresses", same_addresses),
    Check(Group.WEB_APP, "This Postern answers at API_URL", ours_at_api_url),
)
