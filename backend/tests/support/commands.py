"""`postern`, as an operator runs it from a terminal."""

import subprocess
import sys

from src.settings import BACKEND


def postern(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "src.cli", *arguments),
        cwd=BACKEND,
        capture_output=True,
        text=True,
        check=False,
    )
