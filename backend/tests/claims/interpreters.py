"""The Pythons of this machine, for what the docs say about several versions."""

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
IS_IT = "import sys; print('%d.%d' % sys.version_info[:2])"


@lru_cache
def find(version: str) -> str | None:
    """The path of that Python; None where this machine lacks it."""
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    candidates = [str(path) for path in pyenv]
    if on_path := shutil.which(f"python{version}"):
        candidates.append(on_path)
    return next((path for path in candidates if _version(path) == version), None)


def _version(path: str) -> str | None:
    """None for pyenv's shims of a version that is not switched on."""
    asked = subprocess.run((path, "-c", IS_IT), capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None


def uv() -> str | None:
    """The installer that `make setup` made, or one of the machine's own."""
    own = Path(__file__).parents[3] / ".tools" / "bin" / "uv"
    return str(own) if os.access(own, os.X_OK) else shutil.which("uv")
