"""Reads a .env file. One that exists but cannot be read is a fault, and never counts as absent."""

import errno
import stat
from collections.abc import Collection
from pathlib import Path

from src.kit.env_lines import Fault, Lines, parse

PUT_A_FILE = "Put a file of that name there, or remove it."
SAVE_AS_UTF_8 = "Save the file as UTF-8 text; some editors write UTF-16."


def read(path: Path, known: Collection[str]) -> Lines:
    """What the file at `path` sets for the names in `known`; nothing if there is no file."""
    try:
        if not _is_there(path):
            return Lines()
        if kind := _no_file(path.stat().st_mode):
            return Lines(faults=(kind,))
        content = path.read_bytes()
    except OSError as error:
        return Lines(faults=(_refused(error),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Lines(faults=(Fault(f"line {line} is not UTF-8", SAVE_AS_UTF_8),))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Lines(faults=(Fault(f"line {line} has a NUL byte", SAVE_AS_UTF_8),))
    return parse(text, known)


def _is_there(path: Path) -> bool:
    """True if anything has that name, even a folder or a link to nothing.

    Raises `OSError` if that cannot be known.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _no_file(mode: int) -> Fault | None:
    """Why this is no regular file. Checked before opening it: reading a pipe would wait forever."""
    if stat.S_ISDIR(mode):
        hint = "A container makes a folder if the file to mount is missing."
        return Fault("it is a folder", f"{PUT_A_FILE} {hint}")
    return None if stat.S_ISREG(mode) else Fault("it is a pipe or a device", PUT_A_FILE)


def _refused(error: OSError) -> Fault:
    if isinstance(error, FileNotFoundError):
        return Fault("it is a link to nothing", "Restore what it points to, or remove the link.")
    if error.errno == errno.ELOOP:
        return Fault("it is a link that leads back to itself", PUT_A_FILE)
    if isinstance(error, PermissionError):
        return Fault("this user has no permission", "Let the user that runs Postern read it.")
    return Fault(
        f"reading it fails ({errno.errorcode.get(error.errno or 0, 'OSError')})", PUT_A_FILE
    )
