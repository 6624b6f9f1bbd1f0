"""How sure a session is of its person: the proofs, by their names in RFC 8176. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

KINDS = {
    **dict.fromkeys(("pwd", "pin", "kba"), "something known"),
    **dict.fromkeys(("otp", "hwk", "swk", "sms", "sc"), "something owned"),
    **dict.fromkeys(("face", "fpt", "iris", "retina", "vbm"), "something of the body"),
}
"""A method that is not here adds nothing to the level."""
SEVERAL = "mfa"
"""More than one factor was shown, although the names of the methods do not show it."""
ONE_FACTOR, TWO_FACTORS = "aal1", "aal2"
"""Levels of NIST SP 800-63B."""


@dataclass(frozen=True)
class Shown:
    """The proofs of a session, and when the person gave the last of them."""

    amr: tuple[str, ...]
    at: datetime


def level_of(amr: Iterable[str]) -> str:
    """The level of these proofs: two kinds of proof are `aal2`."""
    methods = set(amr)
    kinds = {KINDS[method] for method in methods if method in KINDS}
    return TWO_FACTORS if len(kinds) > 1 or SEVERAL in methods else ONE_FACTOR


def together(*methods: str) -> tuple[str, ...]:
    """The names of these proofs, each once.

    A link from a mail and a code of an app are both `otp`. So `mfa` is added there.
    """
    distinct = tuple(dict.fromkeys(methods))
    if len(methods) > 1 and level_of(distinct) == ONE_FACTOR:
        return *distinct, SEVERAL
    return distinct


def in_addition(amr: Iterable[str], *methods: str) -> tuple[str, ...]:
    """The proofs of a session, after one more proof by another factor."""
    return together(*(one for one in amr if one != SEVERAL), *methods)
