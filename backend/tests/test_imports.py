"""Importing a module of `src` defines names, and does nothing else."""

import json
import subprocess
import sys

from src.settings import BACKEND
from tests.support.importing import modules

SETTINGS_ALONE = {
    # The settings decide about CORS and the documentation pages when the app is made.
    "src.main": ["reads the settings"],
}


def test_importing_a_module_does_nothing() -> None:
    command = (sys.executable, "-m", "tests.support.importing")
    said = subprocess.run(command, cwd=BACKEND, capture_output=True, text=True, check=True)
    seen = json.loads(said.stdout)
    seen["src.main"] = [what for what in seen["src.main"] if not what.startswith("opens .env")]
    does = {module: what for module, what in seen.items() if what}

    assert seen.keys() >= set(modules())
    assert does == SETTINGS_ALONE
