"""Servers of this checkout that are running, and when each read the code and the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psutil

APP = "src.main"
"""Part of the command line of every other server: `uvicorn src.main:app`, gunicorn."""
OURS = frozenset({"postern", "src.cli"})
"""The word before `serve` in the command line of `postern serve`."""
WORKER = "multiprocessing"


@dataclass(frozen=True)
class Server:
    pid: int
    since: datetime
    reloads: bool
    """It reloads changed code, but not a changed .env."""
    bounded: bool
    """Started by `postern serve`, which limits the time and size of a request."""


class HiddenServer(Exception):  # noqa: N818  it names the fact
    """The system does not show the folder of a running server. Carries its process id."""


def servers_of(backend: Path) -> Iterator[Server]:
    """Every server that was started in `backend`; raise `HiddenServer` if that is not known."""
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
        except (psutil.Error, OSError):  # it has ended, or its command line is hidden
            continue
        if not _serves(command):
            continue
        try:
            if Path(process.cwd()).resolve() == backend.resolve():
                reloads = "--reload" in command
                since = _since(process, reloads=reloads)
                yield Server(process.pid, since, reloads, _is_postern_serve(command))
        except (psutil.AccessDenied, PermissionError):
            raise HiddenServer(process.pid) from None
        except (psutil.Error, OSError):
            continue


def _serves(command: list[str]) -> bool:
    """True for a program that runs the app, not for a shell or an editor that names it."""
    program = Path(command[0]).name if command else ""
    runs_python = program.startswith(("python", "uvicorn", "gunicorn"))
    names_app = any(part.startswith(f"{APP}:") for part in command)
    return runs_python and (names_app or _is_postern_serve(command))


def _is_postern_serve(command: list[str]) -> bool:
    return any(Path(one).name in OURS and next_ == "serve" for one, next_ in pairwise(command))


def _since(process: psutil.Process, *, reloads: bool) -> datetime:
    """When its code was loaded. With `--reload` that is the start of the newest worker."""
    started = [process.create_time()]
    if reloads:
        started += [
            child.create_time()
            for child in process.children()
            if WORKER in " ".join(child.cmdline())
        ]
    return datetime.fromtimestamp(max(started), UTC)
