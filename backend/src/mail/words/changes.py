"""Applies an adopter's sentences to ours. Pure: it takes what the files say."""

from collections.abc import Callable
from string import Formatter
from typing import Any

Report = Callable[[str, str], None]
"""Takes a key and what is wrong with it."""


def changed(
    ours: dict[str, Any], theirs: object, at: str, *, complete: bool, report: Report
) -> dict[str, Any]:
    """Our sentences with the changes. `complete`: no sentence may be missing."""
    if not isinstance(theirs, dict):
        report(at, "must be an object with sentences")
        return ours
    for key in sorted(theirs.keys() - ours.keys()):
        report(f"{at}.{key}", "is not a sentence of this release")
    found = dict(ours)
    for key, one in ours.items():
        here = f"{at}.{key}"
        if key not in theirs:
            if complete:
                report(here, "is missing: another language needs each sentence")
        elif isinstance(one, dict):
            found[key] = changed(one, theirs[key], here, complete=complete, report=report)
        elif fault := _fault_of(one, theirs[key], here):
            report(here, fault)
        else:
            found[key] = theirs[key]
    return found


def _fault_of(ours: str | list[str], theirs: object, at: str) -> str | None:
    """What is wrong with a sentence or a list of sentences."""
    before, after = _listed(ours), _listed(theirs)
    if isinstance(ours, list) != isinstance(theirs, list) or after is None or before is None:
        return "must be a list of sentences" if isinstance(ours, list) else "must be a sentence"
    if at.startswith("mail.units.") and len(before) != len(after):
        return f"must have {len(before)} entries"
    wanted = _placeholders(before)
    if wanted == _placeholders(after):
        return None
    if not wanted:
        return "must have no placeholder"
    return f"must have {', '.join(sorted(wanted))}, and no other"


def _listed(text: object) -> list[str] | None:
    """None if there is anything but sentences."""
    texts = text if isinstance(text, list) else [text]
    sentences = [one for one in texts if isinstance(one, str) and one.strip()]
    return sentences if len(sentences) == len(texts) else None


def _placeholders(texts: list[str]) -> set[str] | None:
    """Such as `{app}`. None if a text has braces that are no placeholder of ours."""
    found = set()
    try:
        for _, name, form, conversion in (one for text in texts for one in Formatter().parse(text)):
            if name is None:
                continue
            if form or conversion or not name.isidentifier():
                return None
            found.add(f"{{{name}}}")
    except ValueError:
        return None
    return found
