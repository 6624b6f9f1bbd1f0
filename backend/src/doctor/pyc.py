"""Finds the `.pyc` files that Python runs although their source differs or was deleted.

Python's own loaders decide which file would run. Pure: reads files, writes none.
"""

from collections.abc import Iterator
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from importlib.util import cache_from_source
from pathlib import Path

NAME = "examined"
"""A loader wants to know the module's name. Nothing is imported under it."""

HEADER, FLAGS, CHECKED_HASH = 16, slice(4, 8), 0b11


class _Reader(SourceFileLoader):
    def set_data(self, *_: object, **__: object) -> None:
        """Write no new `.pyc` file."""


def stale(folder: Path) -> Iterator[Path]:
    """`.pyc` files under `folder` that this Python would run, although their source differs."""
    for source in sorted(folder.rglob("*.py")):
        cached = Path(cache_from_source(source))
        if cached.is_file() and _is_stale(source, cached):
            yield cached


def _is_stale(source: Path, cached: Path) -> bool:
    loader = _Reader(NAME, str(source))
    try:
        runs = loader.get_code(NAME)
    except SyntaxError:  # raised by the source, so the cached file would not run
        return False
    except (EOFError, ValueError, TypeError, ImportError):  # the cached file is damaged
        return True
    if _checks_its_source(cached):
        return False
    try:
        # Code objects are compared in depth. The path of the source is no part of that.
        return runs != loader.source_to_code(source.read_bytes(), str(source))
    except SyntaxError:
        return True


def _checks_its_source(cached: Path) -> bool:
    """Whether Python compares a digest of the source before it runs this file (PEP 552)."""
    with cached.open("rb") as file:
        flags = file.read(HEADER)[FLAGS]
    return int.from_bytes(flags, "little") == CHECKED_HASH


def sourceless(folder: Path) -> Iterator[Path]:
    """`.pyc` files beside the place of a source: Python imports `x.pyc` if `x.py` is missing."""
    for cached in sorted(folder.rglob("*.pyc")):
        sources = (cached.with_suffix(".py"), cached.with_suffix("") / "__init__.py")
        in_place = cached.parent.name != "__pycache__"
        if in_place and not any(source.exists() for source in sources) and _is_readable(cached):
            yield cached


def _is_readable(cached: Path) -> bool:
    try:
        SourcelessFileLoader(NAME, str(cached)).get_code(NAME)
    except (EOFError, ValueError, TypeError, ImportError):  # ImportError: of another Python
        return False
    return True
