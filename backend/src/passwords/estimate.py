"""Estimates with zxcvbn how many guesses a password takes, and why. Pure, and slow.

It knows common passwords, words, names, dates, repeats, sequences and rows of keys, and their
disguises. To these come the words of the person and of the service, which attackers try first.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from decimal import Decimal

LONGEST = 50
"""Characters that are estimated at once: the work grows with the square of the length."""
MOST_DISGUISES = 8
"""The most readings of signs as letters (`@` as `a`) for one text. Some texts have 500."""
SHORTEST_NAME = 3
SHORTEST_PART = 5
"""Characters. Shorter parts of a name are in too many passwords by chance."""


class Weakness(StrEnum):
    """Why attackers guess a password early."""

    COMMON = "common"
    WORD = "word"
    SEQUENCE = "sequence"
    REPEATS = "repeats"
    DATE = "date"
    KEYBOARD = "keyboard"
    OWN = "own"
    LEAKED = "leaked"


KINDS = {
    "dictionary": Weakness.WORD,
    "spatial": Weakness.KEYBOARD,
    "repeat": Weakness.REPEATS,
    "sequence": Weakness.SEQUENCE,
    "date": Weakness.DATE,
    "regex": Weakness.DATE,
}
"""By zxcvbn's names of patterns."""
DICTIONARIES = {"own": Weakness.OWN, "passwords": Weakness.COMMON}
"""By the names of dictionaries. All other dictionaries have words and names."""


class _Match(TypedDict, total=False):
    """As zxcvbn describes a part of a password."""

    pattern: str
    dictionary_name: str
    token: str
    i: int
    j: int


@dataclass(frozen=True)
class Estimate:
    guesses: "int | Decimal"
    weakness: Weakness


def folded(password: str) -> str:
    """One form for all capitals and widths of letters, since attackers try them all."""
    return unicodedata.normalize("NFKC", password).casefold()


def words_in(name: str) -> tuple[str, ...]:
    """The whole, all words in one, and each long word: "Ada Lovelace" is also adalovelace."""
    whole = folded(name)
    words = re.split(r"[\W_]+", whole)
    named = (whole, "".join(whole.split()), "".join(words))
    kept = (
        *(word for word in named if len(word) >= SHORTEST_NAME),
        *(word for word in words if len(word) >= SHORTEST_PART),
    )
    return tuple(dict.fromkeys(kept))


def words_of_address(email: str) -> tuple[str, ...]:
    """Those of the whole, of what is before the `@`, and of the domain."""
    local, _, domain = email.rpartition("@")
    words = (word for part in (email, local, domain) for word in words_in(part))
    return tuple(dict.fromkeys(word for word in words if len(word) >= SHORTEST_PART))


def estimate(password: str, own: Iterable[str] = ()) -> Estimate:
    """The guesses for the stronger end. The whole password takes at least as many."""
    text = folded(password)
    words = {word: rank for rank, word in enumerate(own, 1)}
    ends = dict.fromkeys((text[:LONGEST], text[-LONGEST:]))
    return max((_estimate(end, words) for end in ends), key=lambda found: found.guesses)


def _estimate(text: str, own: dict[str, int]) -> Estimate:
    """At most what is left takes without the words of the person and of the service.

    zxcvbn counts much for the order of parts, so it believes in `postern-postern`.
    """
    from zxcvbn import scoring  # type: ignore[import-untyped]  # it has none

    matches = _matches(text, own)
    best = scoring.most_guessable_match_sequence(text, matches)
    found = Estimate(best["guesses"], _weakness(best["sequence"]))
    rest = _without_own(text, matches)
    if rest == text or not rest:
        return found
    left = scoring.most_guessable_match_sequence(rest, _matches(rest, {}))["guesses"]
    return Estimate(min(found.guesses, left), Weakness.OWN)


def _matches(text: str, own: dict[str, int]) -> list[_Match]:
    """As `zxcvbn.zxcvbn` finds them. That function keeps `own` in a global, for all threads."""
    from zxcvbn import matching

    dictionaries = {**matching.RANKED_DICTIONARIES, "own": own}
    signs = matching.relevant_l33t_subtable(text, matching.L33T_TABLE)
    if math.prod(map(len, signs.values())) <= MOST_DISGUISES:
        found: list[_Match] = matching.omnimatch(text, dictionaries)
        return found
    # A text with so many signs is not a disguised word, and all readings would take seconds.
    matchers = (
        *(matching.dictionary_match, matching.reverse_dictionary_match, matching.spatial_match),
        *(matching.sequence_match, matching.regex_match, matching.date_match),
    )
    return [
        match for matcher in matchers for match in matcher(text, _ranked_dictionaries=dictionaries)
    ]


def _without_own(text: str, matches: list[_Match]) -> str:
    own = [match for match in matches if match.get("dictionary_name") == "own"]
    covered = {place for match in own for place in range(match["i"], match["j"] + 1)}
    return "".join(sign for place, sign in enumerate(text) if place not in covered)


def _weakness(sequence: list[_Match]) -> Weakness:
    """The weakness of the longest part that is not arbitrary."""
    known = [match for match in sequence if match["pattern"] in KINDS]
    if not known:
        return Weakness.COMMON
    longest = max(known, key=lambda match: len(match["token"]))
    dictionary = longest.get("dictionary_name")
    return DICTIONARIES.get(dictionary, Weakness.WORD) if dictionary else KINDS[longest["pattern"]]
