"""The words of mails: one file for each language with the same keys, and changes from WORDS."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from src.kit.languages import DEFAULT, preferred
from src.mail.words.changes import changed
from src.settings import get_settings

Words = Mapping[str, Any]

OURS = ("en", "de")
UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""A BCP 47 tag in its usual case, such as fr, pt-BR or zh-Hant-TW."""
PARTS = ("web", "mail")
MOST_FAULTS = 5


def languages() -> tuple[str, ...]:
    return tuple(_catalogues(get_settings().words))


def words(language: str) -> Words:
    """English if the language has gone since the mail was written."""
    known = _catalogues(get_settings().words)
    return known[language if language in known else DEFAULT]


def language_of(accept_language: str) -> str:
    return preferred(accept_language, languages())


def span(seconds: int, language: str) -> str:
    """A time such as "30 minutes", in the largest unit that divides it."""
    units = words(language)["units"]
    name, size = next(unit for unit in UNITS if seconds % unit[1] == 0 or unit[0] == "minutes")
    count = max(1, seconds // size)
    one, many = units[name]
    return str(one if count == 1 else many.format(count=count))


@lru_cache(maxsize=4)
def _catalogues(folder: Path | None) -> Mapping[str, dict[str, Any]]:
    """Ends the process, with each file and key, if the adopter's words cannot be used."""
    found = {language: _ours(language) for language in OURS}
    faults: list[str] = []
    for path in sorted(folder.glob("*.json")) if folder else ():
        language = path.stem
        if not LANGUAGE.fullmatch(language):
            faults.append(f"{path}: its name must be a language, such as fr.json or pt-BR.json")
            continue
        says = _read(path, faults)
        if says is None or (language in found and "mail" not in says):
            continue
        report = partial(_report, path, faults)
        base, complete = found.get(language, found[DEFAULT]), language not in found
        mail = says.get("mail", {})
        found[language] = changed(base, mail, "mail", complete=complete, report=report)
    if faults:
        raise SystemExit("\n- ".join(_shown(faults)))
    return found


def _shown(faults: list[str]) -> Iterator[str]:
    yield "Postern cannot start with these words (WORDS):"
    yield from faults[:MOST_FAULTS]
    if (left := len(faults) - MOST_FAULTS) > 0:
        yield f"and {left} more like these"


def _report(path: Path, faults: list[str], at: str, fault: str) -> None:
    faults.append(f"{path}: {at} {fault}")


def _read(path: Path, faults: list[str]) -> dict[str, Any] | None:
    """The file's parts. The web app reads the one named "web"."""
    try:
        says = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        says = None
    if not isinstance(says, dict):
        faults.append(f"{path}: the file must have one JSON object")
        return None
    faults += [
        f'{path}: {part} is not known. There are "web" and "mail"'
        for part in says
        if part not in PARTS
    ]
    return says


def _ours(language: str) -> dict[str, Any]:
    text = files("src.mail.words").joinpath(f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
