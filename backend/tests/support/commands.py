"""`postern`, as an operator runs it from a terminal."""

import subprocess
from collections.abc import Mapping

from tests.support.environment import SETTINGS, shared_database
from tests.support.service import run_postern


def postern(
    *arguments: str, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it on the tests' own database, or with these settings added to those of all tests."""
    given = shared_database() if settings is None else settings
    return run_postern(*arguments, settings={**SETTINGS, **given})
