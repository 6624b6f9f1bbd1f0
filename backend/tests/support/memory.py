"""Where the many files of servers and checkouts are: in memory, if there is enough."""

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
    """The parent of temporary folders; None for the usual one."""
    try:
        closed = os.statvfs(SHARED).f_flag & os.ST_NOEXEC or not os.access(SHARED, os.W_OK)
        room = min(shutil.disk_usage(SHARED).free, psutil.virtual_memory().available)
    except (OSError, AttributeError):  # not Linux
        return None
    return None if closed or room < ROOM else SHARED


def make_folder() -> Path:
    """Not in pytest's folder: a later run takes away the server's user's access to it."""
    return Path(tempfile.mkdtemp(prefix="postern-", dir=place())).resolve()


@contextmanager
def folder() -> Iterator[Path]:
    made = make_folder()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
