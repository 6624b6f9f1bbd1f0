"""An interpreter that loads the packages once and forks for each command that `warm.py` sends.

Without a second argument it loads no code of this project: each fork imports the `src` of its own
folder. With the path of a `backend` folder it loads the modules of `src` there, too. Each fork
reads its settings by itself.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

# Not prometheus_client: it reads the environment when it is imported.
PACKAGES = (
    *("fastapi", "fastapi.middleware.cors", "fastapi_offline", "pydantic.v1", "pydantic_settings"),
    *(
        "sqlmodel",
        "sqlalchemy.dialects.postgresql.psycopg2",
        "psycopg2.extras",
        "psycopg2.errorcodes",
    ),
    *("alembic.command", "alembic.config", "alembic.autogenerate.api", "mako.template"),
    *("uvicorn.main", "uvicorn.lifespan.on", "uvicorn.loops.auto"),
    *(
        "uvicorn.protocols.http.auto",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.protocols.websockets.auto",
    ),
    *(
        "cryptography.hazmat.primitives.asymmetric.ec",
        "cryptography.hazmat.primitives.ciphers.aead",
    ),
    *("cryptography.hazmat.primitives.kdf.hkdf", "bcrypt", "jwt", "zxcvbn", "email_validator"),
    *("http.server", "jinja2", "psutil", "typer", "wsgiref.simple_server"),
)
Job = dict[str, Any]
Jobs = dict[int, socket.socket]
LONGEST = 1 << 18
STARTED = ("src.cli", "src.main")
"""Modules that a fork imports by itself: one is run, the other reads the settings."""


def main() -> None:
    """Serve commands until the other end is closed; a fork returns its command."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # Ctrl-C at a terminal reaches every process there: the tests end the ones they started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for package in PACKAGES:
        importlib.import_module(package)
    for backend in sys.argv[2:]:
        load_code(backend)
    gc.collect()
    gc.freeze()
    job = serve(control)
    if job is not None:
        runpy.run_module(job["module"], run_name="__main__", alter_sys=True)


def load_code(backend: str) -> None:
    sys.path.insert(0, backend)
    for source in sorted(Path(backend, "src").rglob("*.py")):
        module = ".".join(source.relative_to(backend).with_suffix("").parts)
        if module not in STARTED and source.name not in {"__init__.py", "__main__.py"}:
            importlib.import_module(module)
    sys.path.remove(backend)


def serve(control: socket.socket) -> Job | None:
    jobs: Jobs = {}
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            woken.recv(LONGEST)
            reap(jobs)
        if control not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 4)
        if not message:
            return None
        talk = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for end in (control, woken, wakes, talk, *jobs.values()):
                end.close()
            job: Job = json.loads(message)
            become(job, descriptors[1:])
            return job
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        jobs[pid] = talk
        talk.send(pid.to_bytes(8, "big"))


def reap(jobs: Jobs) -> None:
    while jobs:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with jobs.pop(pid) as talk:
            try:
                code = os.waitstatus_to_exitcode(status)
                talk.send(code.to_bytes(8, "big", signed=True))
            except BrokenPipeError:  # no process reads it any more
                pass


def become(job: Job, outputs: list[int]) -> None:
    """Do what an interpreter does at its start, in that folder and with that environment."""
    for number, descriptor in enumerate(outputs):
        os.dup2(descriptor, number)
        os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:0] = [job["cwd"], *paths]
    sys.argv = [job["module"], *job["arguments"]]
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.pycache_prefix = os.environ.get("PYTHONPYCACHEPREFIX")


if __name__ == "__main__":
    main()
