"""Moments in mails, as people write them in the language of the mail."""

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format

SPELLED = {"en": "en-GB"}
"""Where a language is written in several ways: the one of our words, as in the web app."""


def moment(at: datetime, language: str) -> str:
    """Such as "31 January 2026, 09:30 UTC". `at` is in UTC: nobody knows the person's time zone."""
    try:
        locale = Locale.parse(SPELLED.get(language, language), sep="-")
    except UnknownLocaleError:
        return f"{at:%Y-%m-%d, %H:%M} UTC"
    day = format_date(at, "long", locale=locale)
    time = format_time(at, "short", locale=locale)
    both = str(get_datetime_format("long", locale=locale)).replace("'", "")
    return f"{both.replace('{1}', day).replace('{0}', time)} UTC"
