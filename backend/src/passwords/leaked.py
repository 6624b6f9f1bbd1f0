"""A large list of leaked passwords, as short digests in one file (sources: leaked.md).

The file begins with 65,536 counts of a byte each: how many digests begin with these 16 bits. Then
come the next 16 bits of each digest, two bytes each, in order.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).with_name("leaked.bin")
GROUPS = 1 << 16
PREFIX = 2
"""Bytes of each half of a digest."""


def is_leaked(folded: str) -> bool:
    """True for a password on the list, and by chance for about 1 of 10,000 others."""
    return is_in(_file(), folded)


def is_in(packed: bytes, folded: str) -> bool:
    digest = _digest(folded)
    group = int.from_bytes(digest[:PREFIX])
    begin = GROUPS + PREFIX * sum(packed[:group])
    end = begin + PREFIX * packed[group]
    rest = digest[PREFIX:]
    return any(packed[at : at + PREFIX] == rest for at in range(begin, end, PREFIX))


def pack(passwords: Iterable[str]) -> bytes:
    """Return the content of the file for these folded passwords."""
    digests = sorted(set(map(_digest, passwords)))
    counts = bytearray(GROUPS)
    for prefix, group in groupby(digests, key=lambda digest: digest[:PREFIX]):
        counts[int.from_bytes(prefix)] = len(list(group))
    return bytes(counts) + b"".join(digest[PREFIX:] for digest in digests)


def _digest(folded: str) -> bytes:
    return hashlib.sha256(folded.encode(errors="surrogatepass")).digest()[: 2 * PREFIX]


@lru_cache(maxsize=1)
def _file() -> bytes:
    return FILE.read_bytes()
