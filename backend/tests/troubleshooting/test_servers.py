"""What a running server takes up by itself, and what it does not."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.doctor.processes import servers_of
from tests.support.ports import free_port

APP = """
import os
print("started", os.getpid(), flush=True)
async def app(scope, receive, send): pass
"""


@pytest.fixture
def reloading(tmp_path: Path) -> Iterator[Path]:
    """A folder in which `uvicorn src.main:app --reload` runs; gives its log."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "__init__.py").touch()
    (tmp_path / "src" / "main.py").write_text(APP)
    (tmp_path / ".env").write_text("A=1\n")
    log = tmp_path / "log"
    command = (sys.executable, "-m", "uvicorn", "src.main:app", "--reload", "--port")
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            (*command, str(free_port())), cwd=tmp_path, stdout=stream, stderr=stream
        ) as process,
    ):
        try:
            wait_for_starts(log, 1)
            yield log
        finally:
            process.terminate()


def starts(log: Path) -> int:
    return log.read_text(errors="replace").count("started ")


def wait_for_starts(log: Path, count: int) -> None:
    until = time.monotonic() + 60
    while starts(log) < count:
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


def test_reload_takes_up_code_and_not_the_env_file(reloading: Path) -> None:
    folder = reloading.parent
    (before,) = servers_of(folder)
    (folder / ".env").write_text("A=2\n")
    time.sleep(1.5)
    assert starts(reloading) == 1, "a changed .env is not noticed"

    (folder / "src" / "main.py").write_text(APP + "# changed\n")
    wait_for_starts(reloading, 2)
    (after,) = servers_of(folder)
    assert before.pid == after.pid
    assert before.reloads
    assert after.since > before.since, "the time of the newest worker is what counts"


def test_the_doctor_sees_a_server_by_its_folder(reloading: Path, tmp_path: Path) -> None:
    assert len(list(servers_of(reloading.parent))) == 1
    assert list(servers_of(tmp_path / "src")) == []
    assert os.getpid() not in {server.pid for server in servers_of(reloading.parent)}
