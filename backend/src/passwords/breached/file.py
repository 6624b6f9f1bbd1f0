"""Looks up digests in a sorted file of `SHA-1:COUNT` lines, as the public downloader writes it.

The whole list has some forty gigabytes. A look-up reads about forty pieces of it, of 128 bytes.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from src.passwords.breached.source import Unavailable

LINE = re.compile(rb"([0-9A-Fa-f]{40}):([0-9]{1,12})\r?")
LONGEST = 64
"""Bytes of a line, with its end."""
FIRST, LAST = b"00", b"FF"
"""How the digests of every whole list begin."""
SAMPLES = 256
READERS = 4
"""Threads."""


class Unusable(Unavailable):
    """The file cannot be used."""

    def __init__(self, why: str) -> None:
        super().__init__(f"BREACHED_PASSWORDS_FILE {why}")


class Missing(Unusable):
    """The file cannot be read at all."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot be read ({error.strerror})")


class SortedFile:
    """Reads on threads of its own, so a slow disk delays nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "breached")

    async def has(self, digest: str) -> bool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, has, self._path, digest)

    async def close(self) -> None:
        self._readers.shutdown(wait=False, cancel_futures=True)


def has(path: Path, digest: str) -> bool:
    """True if the file has the digest with a count above 0. Raises `Unusable`."""
    with _opened(path) as file:
        wanted, low, high = digest.encode(), 0, os.fstat(file).st_size
        while low < high:
            start, end, found, count = _line_at(file, (low + high) // 2)
            if found == wanted:
                return count > 0
            low, high = (end, high) if found < wanted else (low, start)
    return False


def check(path: Path) -> tuple[str, str]:
    """The first and the last digest. Raises `Unusable` if samples of the lines are not sorted.

    Also if it begins or ends in the middle of the digests, as a download that stopped does.
    """
    with _opened(path) as file:
        size = os.fstat(file).st_size
        if not size:
            raise Unusable("is empty")
        places = [sample * (size - 1) // SAMPLES for sample in range(SAMPLES + 1)]
        lines = dict.fromkeys(_line_at(file, place) for place in places)
    digests = [digest for _, _, digest, _ in lines]
    if digests != sorted(set(digests)):
        raise Unusable("is not sorted by the hashes")
    if not (digests[0].startswith(FIRST) and digests[-1].startswith(LAST)):
        raise Unusable("has only a part of the list: its hashes do not go from 00… to FF…")
    return digests[0].decode(), digests[-1].decode()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor of the file as it is now: a new list may have taken its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Missing(error) from None
    try:
        yield descriptor
    except OSError as error:  # a folder, or a disk that fails
        raise Missing(error) from None
    finally:
        os.close(descriptor)


def _line_at(file: int, place: int) -> tuple[int, int, bytes, int]:
    """The line that has the byte at `place`: its start, the start of the next, digest, count."""
    begin = max(0, place - LONGEST)
    piece = os.pread(file, 2 * LONGEST, begin)
    start = piece.rfind(b"\n", 0, place - begin) + 1
    end = piece.find(b"\n", place - begin)
    end = len(piece) if end < 0 else end
    line = LINE.fullmatch(piece[start:end])
    if line is None:
        raise Unusable("has a line that is not a SHA-1, a colon and a count")
    return begin + start, begin + end + 1, line[1].upper(), int(line[2])
