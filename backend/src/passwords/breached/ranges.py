"""Pwned Passwords' range protocol: five characters of a SHA-1 are asked for, the rest comes. Pure.

So the service that is asked never learns which password it was (k-anonymity).
"""

import re
from hashlib import sha1

from src.passwords.breached.source import Unavailable
from src.passwords.hashes import normalize

PREFIX = 5
"""Characters of the SHA-1 that leave this machine."""
LINE = re.compile(rb"([0-9A-Fa-f]{35}):([0-9]{1,12})\r?")


def digest_of(password: str) -> str:
    """Its SHA-1 in capital letters, of the bytes that are hashed for sign-in, too."""
    return sha1(normalize(password), usedforsecurity=False).hexdigest().upper()


def is_listed(answer: bytes, digest: str) -> bool:
    """True if the answer to the digest's first characters has the rest, more often than never.

    Lines with a count of 0 are padding, which hides the length of the answer from the network.
    """
    lines = [LINE.fullmatch(line) for line in answer.strip().split(b"\n")]
    if not all(lines):
        raise Unavailable("the answer has a line that is not one of the range protocol")
    rest = digest[PREFIX:].encode()
    return any(line and line[1].upper() == rest and int(line[2]) > 0 for line in lines)
