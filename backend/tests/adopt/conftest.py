"""An app that exists, in a folder and with packages of its own, and a Postern beside it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.examples.conftest import (  # noqa: F401  the same Postern as the examples'
    _wiped,
    postern,
)

ROOT = Path(__file__).resolve().parents[3]
SHOP = Path(__file__).parent / "shop"


@dataclass(frozen=True)
class Shop:
    folder: Path
    environment: dict[str, str]

    def run(self, command: str) -> str:
        """What it prints; it must succeed."""
        done = subprocess.run(
            ("bash", "-e", "-c", command),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A FastAPI app of 20 lines, in a fresh environment that has FastAPI and a server only.

    The clone of Postern is beside it, as the guide says.
    """
    clones = tmp_path_factory.mktemp("clones")
    (clones / "postern").symlink_to(ROOT)
    folder = clones / "shop"
    shutil.copytree(SHOP, folder)
    subprocess.run((sys.executable, "-m", "venv", folder / ".venv"), check=True)
    kept = {name: value for name, value in os.environ.items() if name in KEPT or "PIP_" in name}
    path = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    shop = Shop(folder, kept | {"PATH": path, "PIP_QUIET": "1"})
    shop.run("pip install fastapi uvicorn")
    return shop


KEPT = {"HOME", "LANG", "SSL_CERT_FILE", "HTTPS_PROXY", "NO_PROXY", "https_proxy", "no_proxy"}
