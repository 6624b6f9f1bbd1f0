"""Passwords that attackers guess early (NIST SP 800-63B-4, section 3.1.1.2)."""

from urllib.parse import urlsplit

from src.passwords.errors import PasswordTooCommon
from src.passwords.estimate import Weakness, estimate, folded, words_in, words_of_address
from src.passwords.leaked import is_leaked
from src.settings import Environment, Settings, get_settings

IN_PRODUCTION = 10**6
"""Guesses. NIST allows a hundred in a row; this is a margin for many accounts and a stolen hash."""
ELSEWHERE = 10**5


def floor(settings: Settings) -> int:
    """The fewest guesses that a new password must take."""
    return IN_PRODUCTION if settings.environment is Environment.PRODUCTION else ELSEWHERE


def words_of_service(settings: Settings) -> tuple[str, ...]:
    """Words of the service, which no password may consist of."""
    host = urlsplit(settings.web_url).hostname or ""
    return tuple(dict.fromkeys((*words_in(settings.app_name), *words_in(host))))


def words_of_person(email: str, name: str | None) -> tuple[str, ...]:
    return (*words_of_address(email), *words_in(name or ""))


def weakness(password: str, own: tuple[str, ...], *, at_least: int) -> Weakness | None:
    """Why the password takes fewer guesses, if it does. Slow: tens of milliseconds at most."""
    found = estimate(password, own)
    if found.guesses < at_least:
        return found.weakness
    # What the estimate calls weak is the floor's matter alone, so that a lower floor means it.
    if found.guesses >= IN_PRODUCTION and is_leaked(folded(password)):
        return Weakness.LEAKED
    return None


def refuse_common(password: str, own: tuple[str, ...], *, field: str) -> None:
    settings = get_settings()
    words = (*own, *words_of_service(settings))
    found = weakness(password, words, at_least=floor(settings))
    if found is not None:
        raise PasswordTooCommon(field, found)
