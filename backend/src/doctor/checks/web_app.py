"""Whether the web app and the API have the same addresses, and people get https."""

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
from src.kit import env_file

OTHER_ADDRESS = Condition(
    "web_app_other_address",
    "The web app has other addresses than the API",
    "The web app calls another API, or has another address than the API expects. People sign up "
    "in one place and cannot sign in at the other.",
    "API_URL and WEB_URL do not match",
)
NOT_POSTERN = Condition(
    "api_url_not_postern",
    "Another program answers at API_URL",
    "Another program uses the port, or the address is wrong.",
    "API_URL and WEB_URL do not match",
)
OTHER_POSTERN = Condition(
    "api_url_other_postern",
    "Another Postern answers at API_URL",
    "This report is about another service than the one that people use.",
    "API_URL and WEB_URL do not match",
)
PLAIN_HTTP = Condition(
    "web_app_plain_http",
    "The web app answers over http, but WEB_URL is https",
    "Browsers do not send a session's cookies over http. A person who opens the web app there "
    "cannot sign in.",
    "The web app is opened over http",
)
ADDRESSES = ("api_url", "web_url")
ELSEWHERE = "if the service runs elsewhere: postern doctor --api-url=URL"
SIGNIN = "/signin"
ENV_FILES = (".env", ".env.local", ".env.development", ".env.production")


def same_addresses(case: Case) -> Outcome:
    """Story: "API_URL and WEB_URL do not match".

    Reads the files that Next.js reads. Another API_URL is right if this Postern answers there.
    """
    if not case.checkout.frontend.is_dir():
        return NotExamined("there is no web app in this checkout")
    found, seen = [], []
    for name in ENV_FILES:
        lines = env_file.read(case.checkout.frontend / name, ADDRESSES)
        for field in ADDRESSES:
            if field in lines.values:
                seen.append(f"{field.upper()} in frontend/{name}")
                found += _compared(case, field, lines.values[field].rstrip("/"), f"frontend/{name}")
        for fault in lines.faults:
            # Next.js has other rules: a value may have several lines, such as a certificate.
            if fault.line is None or fault.name:
                evidence = f"frontend/{name} cannot be read: {fault.says}."
                fix = f"In frontend/{name}: {fault.fix}"
                found.append(OTHER_UNREADABLE.found(evidence, fix=fix))
    return found_or_fine(found, f"{', '.join(seen)}: the same" if seen else "it sets none")


def _compared(case: Case, field: str, theirs: str, file: str) -> list[Found]:
    ours = getattr(case.settings, field)
    plain = shown(field, theirs)
    if theirs == ours or (plain and field == "api_url" and _who(case, theirs) is answers.Who.OURS):
        return []
    evidence = (
        f"{file} says {field.upper()}={plain}"
        if plain
        else f"{field.upper()} in {file} is not an address",
        f"{case.loaded.source_of(field)} says {ours}",
    )
    return [OTHER_ADDRESS.found(*evidence, fix=f"Set {field.upper()}={ours} in {file}")]


def _who(case: Case, url: str) -> answers.Who:
    try:
        instance = str(case.schema.instance_id or "") or None
    except CannotExamine:
        instance = None
    return answers.who(url, api_url=case.api_url, instance=instance)


def ours_at_api_url(case: Case) -> Outcome:
    """Story: "API_URL and WEB_URL do not match"."""
    url = case.api_url
    match _who(case, url):
        case answers.Who.NOBODY:
            return NotExamined(f"nothing answers at {url} ({ELSEWHERE})")
        case answers.Who.OTHER_PROGRAM:
            return NOT_POSTERN.found(
                f"{url} answers, but not as Postern does",
                fix="Stop the program that uses the port, or correct API_URL.",
            )
        case answers.Who.OTHER_POSTERN:
            return OTHER_POSTERN.found(
                f"the Postern at {url} has another API_URL or another database",
                fix="Correct API_URL, or restart the service that answers there.",
            )
        case _:
            return Fine(f"this Postern answers at {url}")


def not_over_http(case: Case) -> Outcome:
    """Story: "The web app is opened over http"."""
    web_url = case.settings.web_url
    if not web_url.startswith("https://"):
        return Fine("WEB_URL is http, as people open it")
    match answers.over_http(web_url, SIGNIN):
        case answers.Plain.A_PAGE:
            plain = web_url.replace("https://", "http://", 1)
            return PLAIN_HTTP.found(
                f"{plain}{SIGNIN} answers with a page",
                f"{case.loaded.source_of('web_url')} says {web_url}",
                fix="Let the reverse proxy with the certificate answer at that port, and redirect "
                "http to https. Without a certificate, set WEB_URL to the http address.",
            )
        case answers.Plain.LEADS_TO_HTTPS:
            return Fine("http leads to https")
        case _:
            return Fine("no page answers over http")


CHECKS = (
    Check(Group.WEB_APP, "The web app's addresses agree", same_addresses),
    Check(Group.WEB_APP, "This Postern answers at API_URL", ours_at_api_url),
    Check(Group.WEB_APP, "No page answers over http if WEB_URL is https", not_over_http),
)
