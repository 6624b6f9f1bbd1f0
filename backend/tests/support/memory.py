"""Where the files of servers and checkouts lie: in memory where it has room, for they are many."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil

SHARED = "/dev/shm"  # noqa: S108  the name that Linux gives it
ROOM = 4 * 1024**3


@cache
def place() -> str | None:
    """The folder for temporary folders; None for the usual one."""
    try:
        closed = os.statvfs(SHARED).f_flag & os.ST_NOEXEC or not os.access(SHARED, os.W_OK)
        room = min(shutil.disk_usage(SHARED).free, psutil.virtual_memory().available)
    except (OSError, AttributeError):  # another system than Linux
        return None
    return None if closed or room < ROOM else SHARED


def make_folder() -> Path:
    """Not under pytest's folder, which a later run closes to the server's own user."""
    return Path(tempfile.mkdtemp(prefix="postern-", dir=place())).resolve()


@contextmanager
def folder() -> Iterator[Path]:
    made = make_folder()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
