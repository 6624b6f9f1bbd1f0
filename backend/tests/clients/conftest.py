"""Clients and linters of other people, from npm. `tools/package-lock.json` has their versions."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parent / "tools"


class Tools:
    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of them in its folder; the output is both of its outputs."""
        quiet = {"NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "CI": "1"}
        return subprocess.run(
            (str(TOOLS / "node_modules" / ".bin" / command[0]), *command[1:]),
            cwd=TOOLS,
            env={**os.environ, **quiet},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


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
