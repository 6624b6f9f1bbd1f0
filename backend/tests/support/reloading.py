"""A server that reloads: `uvicorn src.main:app --reload` in its own folder."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

APP = """
import os
print("started", os.getpid(), flush=True)
async def app(scope, receive, send): pass
"""


@dataclass(frozen=True)
class Reloading:
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def code(self) -> Path:
        return self.folder / "src" / "main.py"

    def starts(self) -> int:
        return self.log.read_text(errors="replace").count("started ")

    def change_code(self) -> None:
        """Returns after the reload. A change before uvicorn watches is lost, so it is repeated."""
        before = self.starts()
        for number in range(12):
            self.code.write_text(f"{APP}# change {number}\n")
            if self.has_started(before + 1, within=5):
                return
        raise AssertionError(self.log.read_text())

    def has_started(self, times: int, *, within: float) -> bool:
        until = time.monotonic() + within
        while self.starts() < times:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True


@contextmanager
def server(folder: Path) -> Iterator[Reloading]:
    """A running one, with a .env file beside its code."""
    made = Reloading(folder)
    made.code.parent.mkdir()
    (made.code.parent / "__init__.py").touch()
    made.code.write_text(APP)
    (folder / ".env").write_text("A=1\n")
    command = (sys.executable, "-m", "uvicorn", "src.main:app", "--reload", "--port")
    with (
        made.log.open("wb") as stream,
        subprocess.Popen(
            (*command, str(free_port())), cwd=folder, stdout=stream, stderr=stream
        ) as process,
    ):
        try:
            assert made.has_started(1, within=60), made.log.read_text()
            yield made
        finally:
            process.terminate()
