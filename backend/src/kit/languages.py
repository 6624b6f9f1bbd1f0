"""Which language to answer in (RFC 9110, section 12.5.4). Pure."""

from collections.abc import Collection

DEFAULT = "en"
MOST = 20
"""Entries of a header that are read."""


def preferred(header: str, known: Collection[str]) -> str:
    """The known language that the header of a request likes best, or `DEFAULT`."""
    best, weight = DEFAULT, 0.0
    for entry in header.split(",")[:MOST]:
        tag, _, parameter = entry.partition(";")
        language = tag.strip().lower().partition("-")[0]
        liked = _weight(parameter)
        if language in known and liked > weight:
            best, weight = language, liked
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
