"""Makes backend/.env from the example."""

import os
from pathlib import Path

from src.kit.crypto import random_token

KEY = "SECRET_KEY="


def make_from_example(example: Path, path: Path) -> None:
    """Write `path` from the example, with its own SECRET_KEY, readable by its owner only.

    Never overwrites a file.
    """
    lines = example.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(KEY)]
    place = next((at for at, line in enumerate(lines) if line.startswith(KEY)), len(kept))
    kept.insert(place, f"{KEY}{random_token(48)}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("\n".join(kept) + "\n")
