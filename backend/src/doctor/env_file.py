"""backend/.env as a file: lines that mislead, and how one is made."""

import os
from pathlib import Path

from src.crypto import random_token

KEY = "SECRET_KEY="


def odd_lines(path: Path) -> tuple[str, ...]:
    """A sentence for each name that stands twice and each line that cannot be read; no values."""
    from dotenv.parser import parse_stream

    first_line: dict[str, int] = {}
    odd = []
    with path.open(encoding="utf-8-sig") as stream:
        for binding in parse_stream(stream):
            blank = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
            line = binding.original.line + blank
            if binding.error:
                odd.append(f"line {line} cannot be read")
            elif binding.key and binding.key in first_line:
                before = first_line[binding.key]
                odd.append(f"{binding.key} stands on lines {before} and {line}: the last one wins")
            elif binding.key:
                first_line[binding.key] = line
    return tuple(odd)


def make_from_example(example: Path, path: Path) -> None:
    """Write `path` from the example, with a SECRET_KEY of its own, for the owner's eyes only.

    Never writes over a file that is there.
    """
    lines = example.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(KEY)]
    place = next((at for at, line in enumerate(lines) if line.startswith(KEY)), len(kept))
    kept.insert(place, f"{KEY}{random_token(48)}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("\n".join(kept) + "\n")
