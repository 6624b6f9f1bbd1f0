"""`postern`, as an operator runs it from a terminal."""

import subprocess
import sys
from collections.abc import Mapping

from src.settings import BACKEND
from tests.support.environment import SETTINGS
from tests.support.service import environment


def postern(
    *arguments: str, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it on the tests' own database, or with these settings beside those of all tests."""
    return subprocess.run(
        (sys.executable, "-m", "src.cli", *arguments),
        cwd=BACKEND,
        env=None if settings is None else environment({**SETTINGS, **settings}),
        stdin=subprocess.DEVNULL,  # nobody answers questions
        capture_output=True,
        text=True,
        check=False,
    )
