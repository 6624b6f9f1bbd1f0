"""docs/adopt/authjs.md: its configuration, run by the engine of Auth.js."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from src.settings import BACKEND
from tests.clients.conftest import Tools

GUIDE = BACKEND.parent / "docs" / "adopt" / "authjs.md"
SCRIPT = Path(__file__).parent / "generated" / "authjs.mjs"


def test_the_configuration_signs_in_rotates_and_signs_out(
    client: httpx.Client, sign_up: Callable[..., dict[str, Any]], tools: Tools
) -> None:
    sign_up()
    [config] = re.findall(r"```js\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    with tools.folder() as folder:
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "auth.config.js").write_text(config)
        (folder / "main.mjs").write_text(SCRIPT.read_text())
        done = subprocess.run(
            ("node", "main.mjs", "ada@example.com", "testpass123"),
            cwd=folder,
            env={**os.environ, "POSTERN_URL": str(client.base_url).rstrip("/")},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stdout.splitlines() == [
        "refused true",
        "signed in ada@example.com",
        "rotated true",
        "rotated again true",
        "profile 200",
        "signed out 401 null",
    ]
