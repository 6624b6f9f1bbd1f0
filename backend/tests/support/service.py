"""The service as operators run it: its own process, its own environment, its own log."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from src.settings import BACKEND, Settings
from tests.support import warm
from tests.support.environment import SETTINGS, shared_database
from tests.support.http_client import make_client
from tests.support.ports import free_port

PARTS = ("src", "alembic", "alembic.ini", "pyproject.toml")
WITHIN = 60.0
"""Seconds that are enough for everything, even on a slow machine."""
FIRST_LOOK = ("Connected to ", "To fix it: ")
"""What the log says when the service knows the state of its database, good or bad."""


def checkout(folder: Path) -> Path:
    """Make a copy of the backend with its own place for .env files; returns its `backend` folder.

    With its bytecode, so that nothing is compiled again: the times of the files are kept.
    """
    backend = folder / "backend"
    backend.mkdir(parents=True)
    unwanted = shutil.ignore_patterns("*.pyc.*")  # files that another process is writing
    for part in PARTS:
        source = BACKEND / part
        if source.is_dir():
            shutil.copytree(source, backend / part, ignore=unwanted)
        else:
            shutil.copy(source, backend / part)
    return backend


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others; bytecode is kept."""
    known = {"PYTHONDONTWRITEBYTECODE", *(name.upper() for name in Settings.model_fields)}
    kept = {name: value for name, value in os.environ.items() if name not in known}
    return {**kept, **settings}


def alembic(*arguments: str, settings: Mapping[str, str], backend: Path = BACKEND) -> str:
    """Run alembic as a person does; returns its output, and fails if it failed."""
    return _said(run_alembic(*arguments, settings=settings, backend=backend))


def run_alembic(
    *arguments: str, settings: Mapping[str, str], backend: Path = BACKEND
) -> subprocess.CompletedProcess[str]:
    return _run("alembic", *arguments, settings=settings, backend=backend)


def migrate(*options: str, settings: Mapping[str, str], backend: Path = BACKEND) -> str:
    """The same for `postern migrate`."""
    return _said(run_postern("migrate", *options, settings=settings, backend=backend))


def run_postern(
    *arguments: str, settings: Mapping[str, str], backend: Path = BACKEND
) -> subprocess.CompletedProcess[str]:
    return _run("src.cli", *arguments, settings=settings, backend=backend)


def _said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _run(
    module: str, *arguments: str, settings: Mapping[str, str], backend: Path
) -> subprocess.CompletedProcess[str]:
    return warm.run(module, *arguments, cwd=backend, env=environment(settings))


class Service:
    """A running `postern serve`; `log` is what it has written so far."""

    def __init__(
        self,
        backend: Path,
        log_file: Path,
        settings: Mapping[str, str],
        flags: tuple[str, ...] = (),
    ) -> None:
        self.port = free_port()
        self._log_file = log_file
        with log_file.open("w") as out:
            self.process = warm.start(
                *("src.cli", "serve", "--port", str(self.port), *flags),
                cwd=backend,
                env=environment(settings),
                stdout=out,
                stderr=out,
            )
        self.client = make_client(self.port)

    @property
    def log(self) -> str:
        return self._log_file.read_text(errors="replace")  # it may end in the middle of a character

    def readiness(self) -> httpx.Response:
        return self.client.get("/readyz")

    def wait(self, condition: Callable[[], bool], within: float = WITHIN) -> float:
        """Seconds until `condition` held; fails with the log if it never did."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            assert self.process.poll() is None, f"the service has ended:\n{self.log}"
            try:
                if condition():
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not within {within} s:\n{self.log}")

    def wait_alive(self) -> None:
        self.wait(lambda: self.client.get("/livez").status_code == 200)

    def wait_ready(self, within: float = WITHIN) -> float:
        """A request before the first look at the database has ended waits for a second look."""
        looked = self.wait(lambda: any(words in self.log for words in FIRST_LOOK), within)
        return looked + self.wait(lambda: self.readiness().status_code == 200, within - looked)

    def wait_logged(self, *words: str) -> None:
        self.wait(lambda: all(word in self.log for word in words))

    def close(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(WITHIN)


@contextmanager
def service(
    tmp_path: Path,
    settings: Mapping[str, str],
    *,
    backend: Path = BACKEND,
    name: str = "service",
    flags: tuple[str, ...] = (),
) -> Iterator[Service]:
    """A service that answers; `settings` win over those that all tests share.

    On the tests' own database, unless they or another checkout's files name one.
    """
    elsewhere = "DATABASE_URL" in settings or backend != BACKEND
    shared = SETTINGS if elsewhere else {**SETTINGS, **shared_database()}
    running = Service(backend, tmp_path / f"{name}.log", {**shared, **settings}, flags)
    try:
        running.wait_alive()
        yield running
    finally:
        running.close()
