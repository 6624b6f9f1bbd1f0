"""How the language of a mail writes moments, and in which direction."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

SPELLED = {"en": "en-GB"}
"""Where a language is written in several ways: the one of our words, as in the web app."""


def direction(language: str) -> str:
    """As HTML names it. That of a language that nobody has described is from left to right."""
    locale = _locale(language)
    return "ltr" if locale is None else locale.text_direction


def moment(at: datetime, language: str) -> str:
    """Such as "31 January 2026, 09:30 UTC". `at` is in UTC: nobody knows the person's time zone."""
    from babel.dates import format_date, format_time, get_datetime_format

    locale = _locale(language)
    if locale is None:
        return f"{at:%Y-%m-%d, %H:%M} UTC"
    day = format_date(at, "long", locale=locale)
    time = format_time(at, "short", locale=locale)
    both = str(get_datetime_format("long", locale=locale)).replace("'", "")
    return f"{both.replace('{1}', day).replace('{0}', time)} UTC"


def _locale(language: str) -> "Locale | None":
    from babel import Locale, UnknownLocaleError  # its import reads files

    try:
        return Locale.parse(SPELLED.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return None
