"""The words of mails: one file for each language, with the same keys in all."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from src.kit.languages import preferred

LANGUAGES = ("en", "de")
UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))


@cache
def words(language: str) -> dict[str, Any]:
    text = files("src.mail.words").joinpath(f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def language_of(accept_language: str) -> str:
    return preferred(accept_language, LANGUAGES)


def span(seconds: int, language: str) -> str:
    """A time such as "30 minutes", in the largest unit that divides it."""
    units = words(language)["units"]
    name, size = next(unit for unit in UNITS if seconds % unit[1] == 0 or unit[0] == "minutes")
    count = max(1, seconds // size)
    one, many = units[name]
    return str(one if count == 1 else many.format(count=count))
