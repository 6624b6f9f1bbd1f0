"""Codes that people read and type: groups of four signs, none of which look alike. Pure."""

from src.kit.crypto import random_bytes

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that look alike: 0 and O, 1, I and L, U and V."""
GROUP = 4
EVEN = 256 - 256 % len(ALPHABET)
"""Of the 256 values of a byte, so many choose each sign equally often."""


def new(groups: int) -> str:
    """About 19.6 bits for each group: K7QX-2MPR has 39."""
    signs: list[str] = []
    while len(signs) < groups * GROUP:
        signs += [ALPHABET[byte % len(ALPHABET)] for byte in random_bytes(GROUP) if byte < EVEN]
    starts = range(0, groups * GROUP, GROUP)
    return "-".join("".join(signs[start : start + GROUP]) for start in starts)


def plain(typed: str) -> str:
    """A typed code without its spaces and hyphens, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())
