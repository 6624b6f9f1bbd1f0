"""The invisible characters of names: only those that scripts and emoji need. Pure."""

import regex

JOINING = (
    *("Arabic", "Syriac", "Nko", "Mandaic", "Adlam", "Hanifi_Rohingya", "Mongolian"),
    *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada"),
    *("Malayalam", "Sinhala", "Khmer", "Myanmar", "Tibetan", "Balinese", "Javanese", "Chakma"),
)
"""Scripts whose letters join or stack, and in which names are written with ZWJ and ZWNJ."""
SCRIPTS = "".join(rf"\p{{Script_Extensions={script}}}" for script in JOINING)
LETTER = rf"[[{SCRIPTS}]&&[\p{{L}}\p{{M}}]]"
NEEDED = regex.compile(
    rf"""
    (?<={LETTER})[\u200C\u200D](?={LETTER})                 # ZWNJ and ZWJ between letters
    | (?<=\p{{Script=Mongolian}})[\u180B-\u180F](?!\p{{Default_Ignorable_Code_Point}})
    | (?<=\p{{Script=Han}})[\uFE00-\uFE02\U000E0100-\U000E01EF]  # the form that the person uses
    | (?<=[0-9#*])\uFE0F(?=\u20E3)                         # keycaps
    | (?<=[\p{{Emoji}}--[0-9#*]])[\uFE0E\uFE0F]
    | (?<=\p{{Emoji}}[\uFE0F\p{{Emoji_Modifier}}]?)\u200D(?=[\p{{Emoji}}--[0-9#*]])
    | (?<=\U0001F3F4)[\U000E0030-\U000E0039\U000E0061-\U000E007A]{{3,6}}\U000E007F  # flags
    """,
    regex.VERSION1 | regex.VERBOSE,
)
REFUSED = regex.compile(r"[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]")
"""Overrides, embeddings and isolates, which turn text around (UAX #9), are default-ignorable."""


CONTROL = regex.compile(r"[\p{Cc}\p{Cs}]")
UNSEEN = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}]")


def trimmed(name: str) -> str:
    """Without the spaces at its ends, and the invisible characters there that no letter needs.

    A name that was copied from another page often has one.
    """
    seen = [place for place, one in enumerate(name) if not UNSEEN.match(one)]
    if not seen:
        return ""
    end = seen[-1] + 1
    needed = NEEDED.match(name, end, end + 1) or NEEDED.match(name, end)  # one, or those of a flag
    return name[seen[0] : needed.end() if needed else end]


def has_control(name: str) -> bool:
    return CONTROL.search(name) is not None


def has_refused(name: str) -> bool:
    """Whether it has control characters, or invisible ones that none of its letters needs."""
    return REFUSED.search(NEEDED.sub("", name)) is not None
