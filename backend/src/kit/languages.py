"""Which language to answer in (RFC 9110, section 12.5.4; RFC 4647, section 3.4). Pure."""

from collections.abc import Iterable

DEFAULT = "en"
MOST = 20
"""Entries of a header that are read."""


def preferred(header: str, known: Iterable[str]) -> str:
    """The known language that the header of a request likes best, or `DEFAULT`."""
    languages = {language.lower(): language for language in known}
    best, weight = DEFAULT, 0.0
    for entry in header.split(",")[:MOST]:
        tag, _, parameter = entry.partition(";")
        language = _lookup(tag.strip().lower(), languages)
        liked = _weight(parameter)
        if language is not None and liked > weight:
            best, weight = language, liked
    return best


def _lookup(tag: str, languages: dict[str, str]) -> str | None:
    """`de-AT` finds `de`."""
    while tag:
        if found := languages.get(tag):
            return found
        tag = tag.rpartition("-")[0]
    return None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
