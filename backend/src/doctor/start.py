"""Starts the doctor, or says in one sentence why it cannot start.

The checks import third-party packages at the top of their files. This module imports none, so it
can name the package that is missing. It is the only place that imports the doctor late.
"""

import sys
import traceback
from importlib import import_module
from pathlib import Path

OLDEST = (3, 11)
CANNOT_START = 2


def start(entry: str, **options: object) -> int:
    """Import `module:function`, call it and return its exit code; 2 if the import fails."""
    if sys.version_info < OLDEST:
        return _refused("Postern needs Python 3.11 or newer")
    module, _, function = entry.partition(":")
    try:
        run = getattr(import_module(module), function)
    except Exception as error:  # noqa: BLE001  a damaged package may raise anything
        return _refused(kind_of(error))
    return int(run(**options))


def _refused(reason: str) -> int:
    sys.stderr.write(f"The doctor cannot start: {reason}. Fix it with: make setup\n")
    return CANNOT_START


def kind_of(error: BaseException) -> str:
    """The error without its message, which may hold a secret; an import error holds none."""
    if isinstance(error, ImportError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
