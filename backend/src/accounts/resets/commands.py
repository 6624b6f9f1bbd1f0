"""The commands of `postern factors`."""

from collections.abc import Iterator

from sqlmodel import Session

from src.accounts.resets import steps
from src.accounts.resets.errors import FactorsRefusal, ReasonUnusable
from src.auth.factors import recovery_code
from src.auth.factors.known import SECOND_FACTORS
from src.database.database import unit_of_work
from src.instance.commands import current
from src.kit.clock import now
from src.mail.commands import send
from src.mail.words import span
from src.sessions import trusted_devices
from src.sessions.second_factors import of_account
from src.settings import get_settings
from src.users.credentials import Credentials, find_credentials
from src.users.names import has_refused
from src.verification.asked import resolve

MOST_CHARACTERS = 500
"""Of a reason, which the table and the log keep."""


def reset(email: str, reason: str) -> Iterator[str]:
    """Asks for it, and then sends the mail about it: the service may be idle for hours.

    Raises `FactorsRefusal`.
    """
    yield _asked(email, reason)
    if get_settings().smtp_url is not None and not current().is_a_copy:
        yield from send(resolve, is_copy=False)


def _asked(email: str, reason: str) -> str:
    kept = _usable(reason)
    with unit_of_work() as db:
        whose = _account(db, email)
        asked = steps.ask(db, whose.user_id, kept, SECOND_FACTORS)
        due, is_done = asked.due_at, asked.due_at <= now()
    way_in = _way_in(whose)
    if is_done:
        return f"All second factors were removed, and all sessions ended.{way_in}"
    settings = get_settings()
    delay = span(settings.factor_reset_delay, "en")
    said = "A mail with a link that stops it is on its way"
    if not settings.sends_mail:
        said = "This service sends no mail, so only a session can stop it"
    return f"The reset is due in {delay}, at {due:%Y-%m-%d %H:%M} UTC. {said}.{way_in}"


def _way_in(whose: Credentials) -> str:
    """How a person without a password signs in after the reset. Empty for one with a password."""
    if whose.password_hash is not None:
        return ""
    if get_settings().sends_mail:
        return " The account has no password: its person needs a mail to choose one."
    return " The account has no password, and this service sends no mail: it has no way in then."


def _usable(reason: str) -> str:
    """The reason as it is stored and logged. Raises `FactorsRefusal` or `ReasonUnusable`."""
    kept = reason.strip()
    if not kept:
        raise FactorsRefusal("--reason needs a few words, for the record")
    if len(kept) > MOST_CHARACTERS:
        raise ReasonUnusable(
            f"--reason has at most {MOST_CHARACTERS} characters, and this one has {len(kept)}"
        )
    if has_refused(kept):
        raise ReasonUnusable(
            "--reason has a control or invisible character. Write it in one line, in UTF-8"
        )
    return kept


def cancel(email: str) -> str:
    """Raises `FactorsRefusal`."""
    with unit_of_work() as db:
        steps.cancel(db, _whose(db, email))
    return "The reset was cancelled. All second factors stay."


def listed(email: str) -> Iterator[str]:
    """Raises `FactorsRefusal`."""
    with unit_of_work() as db:
        user_id = _whose(db, email)
        names = [one.name for one in of_account(db, user_id, SECOND_FACTORS)]
        yield f"second factors         {', '.join(names) or 'none'}"
        yield f"recovery codes left    {recovery_code.count_left(db, user_id)}"
        yield f"trusted devices        {len(trusted_devices.of(db, user_id))}"
        due = steps.due_at(db, user_id)
        yield f"reset                  {f'due at {due:%Y-%m-%d %H:%M} UTC' if due else 'none'}"


def _whose(db: Session, email: str) -> int:
    return _account(db, email).user_id


def _account(db: Session, email: str) -> Credentials:
    credentials = find_credentials(db, email)
    if credentials is None:
        raise FactorsRefusal(steps.NO_ACCOUNT)
    return credentials
