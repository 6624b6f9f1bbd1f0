"""The exit code of make."""

import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize("code", [1, 2])
def test_make_shows_every_failure_as_2(tmp_path: Path, code: int) -> None:
    (tmp_path / "Makefile").write_text(f"doctor:\n\t@exit {code}\n")
    done = subprocess.run(("make", "doctor"), cwd=tmp_path, capture_output=True, check=False)

    assert done.returncode == 2
