"""schemathesis, as its own command with its default checks, finds nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

UNMET = "positive_data_acceptance"
"""JSON Schema cannot express which address, password, link or code is accepted."""
EXAMPLES = 5
SECRETS = ("--output-sanitize", "true")


@pytest.mark.parametrize("signed_in", [False, True])
def test_its_default_checks_find_nothing(
    client: httpx.Client, sign_up: Callable[..., dict[str, Any]], document: Path, *, signed_in: bool
) -> None:
    token = sign_up()["access_token"] if signed_in else ""
    header = ("--header", f"Authorization: Bearer {token}") if token else ()
    done = subprocess.run(
        (
            *(Path(sys.executable).parent / "schemathesis", "run", str(document)),
            *("--url", str(client.base_url).rstrip("/"), "--exclude-checks", UNMET),
            *("--max-examples", str(EXAMPLES), "--generation-deterministic"),
            *("--suppress-health-check", "all"),
            *(*SECRETS, "--no-color", "--warnings", "off", "--continue-on-failure", *header),
        ),
        cwd=document.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
