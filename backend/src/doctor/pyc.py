"""When Python would run a `.pyc` instead of its source, and whether it would then run old code.

The rules are those of `importlib` (PEP 552): the cached file counts if its magic number is this
interpreter's, and either the source's mtime second and size stand in it, or it says that nobody
needs to check. Pure: reads files, writes none.
"""

import importlib.util
import marshal
import struct
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

HEADER = struct.Struct("<4sIII")
HASH_BASED, CHECKED = 0b01, 0b10
LOW_32_BITS = 0xFFFFFFFF
OPTIMIZATIONS = (("", 0), (1, 1), (2, 2))
"""What `python`, `python -O` and `python -OO` add to the name, and compile with."""

COMPARED = (
    "co_name",
    "co_qualname",
    "co_code",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_flags",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
)
"""All but `co_filename`, which only says where the file lay when it was compiled."""


def stale(folder: Path) -> Iterator[Path]:
    """Cached files under `folder` that this Python would run though their source says otherwise."""
    for source in sorted(folder.rglob("*.py")):
        for name, level in OPTIMIZATIONS:
            cached = Path(importlib.util.cache_from_source(source, optimization=name))
            if cached.is_file() and is_stale(cached, source, optimize=level):
                yield cached


def sourceless(folder: Path) -> Iterator[Path]:
    """`.pyc` files in place of a source: Python imports `name.pyc` where there is no `name.py`."""
    for cached in sorted(folder.rglob("*.pyc")):
        if cached.parent.name == "__pycache__" or cached.with_suffix(".py").exists():
            continue
        package = cached.with_suffix("") / "__init__.py"
        if _header(cached.read_bytes()) and not package.exists():
            yield cached


def is_stale(cached: Path, source: Path, *, optimize: int) -> bool:
    data = cached.read_bytes()
    if not accepted(data, source):
        return False
    try:
        old = marshal.loads(data[HEADER.size :])  # noqa: S302  what Python itself would do next
        new = compile(source.read_bytes(), source, "exec", dont_inherit=True, optimize=optimize)
    except (EOFError, ValueError, TypeError, SyntaxError):
        return True
    return not same_code(old, new)


def accepted(data: bytes, source: Path) -> bool:
    """Whether the loader would take the cached file without compiling the source."""
    header = _header(data)
    if header is None:
        return False
    flags, first, second = header
    if flags & HASH_BASED:
        expected = importlib.util.source_hash(source.read_bytes())
        return not flags & CHECKED or data[8:16] == expected
    found = source.stat()
    return first == int(found.st_mtime) & LOW_32_BITS and second == found.st_size & LOW_32_BITS


def _header(data: bytes) -> tuple[int, int, int] | None:
    """Flags and the two words after them; None where this Python would not read the file."""
    if len(data) < HEADER.size:
        return None
    magic, flags, first, second = HEADER.unpack_from(data)
    known = magic == importlib.util.MAGIC_NUMBER and flags in {0, HASH_BASED, HASH_BASED | CHECKED}
    return (flags, first, second) if known else None


def same_code(one: object, other: object) -> bool:
    """Whether two constants are the same, code objects compared in depth."""
    if type(one) is not type(other):
        return False
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        alike = all(getattr(one, name) == getattr(other, name) for name in COMPARED)
        return alike and same_code(one.co_consts, other.co_consts)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_code, one, other))
    if isinstance(one, float | complex):  # 0.0 equals -0.0
        return repr(one) == repr(other)
    return one == other
