"""Clients, linters and generators of other people. The locks in `tools` have their versions."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parent / "tools"


class Tools:
    """From npm."""

    def run(self, *command: str, cwd: Path = TOOLS) -> subprocess.CompletedProcess[str]:
        """Run one of them, in its folder unless another is named; the output is both outputs."""
        quiet = {"NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "CI": "1"}
        return subprocess.run(
            (str(TOOLS / "node_modules" / ".bin" / command[0]), *command[1:]),
            cwd=cwd,
            env={**os.environ, **quiet},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for what is generated; it finds the packages of the tools."""
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            (folder / "node_modules").symlink_to(TOOLS / "node_modules")
            yield folder


@dataclass(frozen=True)
class Python:
    """From PyPI, in an environment of their own."""

    programs: Path

    def run(self, *command: str, cwd: Path = TOOLS) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (str(self.programs / command[0]), *command[1:]),
            cwd=cwd,
            env={**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Python:
    venv = tmp_path_factory.mktemp("python") / "venv"
    uv = TOOLS.parents[3] / ".tools" / "bin" / "uv"
    subprocess.run((uv, "venv", "--quiet", venv), check=True)
    wanted = ("-r", TOOLS / "requirements.txt")
    subprocess.run((uv, "pip", "install", "--quiet", "--python", venv, *wanted), check=True)
    return Python(venv / "bin")


@pytest.fixture(scope="session")
def tools() -> Tools:
    subprocess.run(
        ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"),
        cwd=TOOLS,
        timeout=600,
        check=True,
    )
    return Tools()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """`openapi.json` of a service at an address of its own, as `postern openapi` writes it."""
    from src.main import create_app

    app = create_app()
    app.state.api_url = "https://accounts.lanterns.app"
    path = tmp_path / "openapi.json"
    made: dict[str, Any] = app.openapi()
    path.write_text(json.dumps(made))
    return path
