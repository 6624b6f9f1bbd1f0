"""Whether mails reach people: a server is set up and answers, and no mail was given up."""

from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from src.doctor.case import Case
from src.doctor.checks.views import app_connection
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.kit.smtp_url import smtp_server
from src.mail.smtp import NotDelivered, Smtp
from src.models import Mail
from src.schema.command_lines import POSTERN

OFF = Condition(
    "mail_off",
    "Sign-ups need mail, and none can be sent",
    "With SIGNUP_REVEALS_ACCOUNTS=off a mail says whether there is an account already, so every "
    "sign-up is refused.",
    "Mail does not arrive",
)
UNREACHABLE = Condition(
    "mail_server_unreachable",
    "The mail server does not take mail from this machine",
    "Mails wait in the database and are sent later, but people wait for them now.",
    "Mail does not arrive",
)
PARKED = Condition(
    "mail_parked",
    "Mails were given up",
    "The mail server refused them for good, or two days were not enough. Nobody will get them.",
    "Mail does not arrive",
)
FROM_ELSEWHERE = Condition(
    "mail_from_elsewhere",
    "MAIL_FROM has another domain than WEB_URL",
    "Links that lead to another domain than the sender's look like fraud to filters and to people.",
    "Mail does not arrive",
)


def is_set_up(case: Case) -> Outcome:
    """Story: decision 0039. In production nothing pretends to have sent."""
    settings = case.settings
    if settings.smtp_url is None:
        if settings.sends_mail:
            return Fine("SMTP_URL is not set: mails are shown at /dev/mail of the web app")
        if settings.signup_reveals_accounts:
            return Fine("SMTP_URL is not set: nobody can replace a forgotten password")
        return OFF.found("SMTP_URL is not set", fix="Set SMTP_URL and MAIL_FROM: docs/mail.md")
    sender, web = _domain(settings.mail_from or ""), urlsplit(settings.web_url).hostname or ""
    if not _related(sender, web):
        seen = f"MAIL_FROM is at {sender}, WEB_URL is at {web}"
        fix = "Send from the domain of WEB_URL, or from one above it: docs/mail.md"
        return FROM_ELSEWHERE.found(seen, fix=fix)
    return Fine(f"mails come from {sender}, and their links lead to {web}")


def answers(case: Case) -> Outcome:
    """Story: decision 0039. It connects, greets and signs in, and sends no mail."""
    settings = case.settings
    if settings.smtp_url is None:
        return Fine("no mail server is set")
    server = smtp_server(settings.smtp_url.get_secret_value())
    try:
        Smtp(server, name=_domain(settings.mail_from or "")).greet()
    except NotDelivered as fault:
        fix = "Check SMTP_URL: host, port, smtp:// or smtps://, user and password. docs/mail.md"
        return UNREACHABLE.found(f"{server}: {fault.fault}", fix=fix)
    return Fine(f"{server} takes mail")


def none_given_up(case: Case) -> Outcome:
    """Story: decision 0039. Refused mails are kept."""
    case.require_our_tables()
    counted = (
        select(Mail.kind, Mail.fault, func.count())
        .where(col(Mail.parked_at).is_not(None))
        .group_by(col(Mail.kind), col(Mail.fault))
        .order_by(col(Mail.kind))
    )
    with app_connection(case) as connection, Session(connection) as db:
        evidence = [f"{count} of {kind}: {fault}" for kind, fault, count in db.exec(counted)]
    if evidence:
        fix = f"{POSTERN} mail list; then {POSTERN} mail retry, or {POSTERN} mail drop ID"
        return PARKED.found(*evidence, fix=fix)
    return Fine("no mail was given up")


def _domain(address: str) -> str:
    return address.rstrip(">").rpartition("@")[2].lower()


def _related(sender: str, web: str) -> bool:
    """Whether one is the other or above it: example.com and accounts.example.com."""
    return web == sender or web.endswith(f".{sender}") or sender.endswith(f".{web}")


CHECKS = (
    Check(Group.RUNTIME, "Mail is set up", is_set_up),
    Check(Group.RUNTIME, "The mail server answers", answers),
    Check(Group.RUNTIME, "No mail was given up", none_given_up),
)
