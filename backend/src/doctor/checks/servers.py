"""Whether running servers are up to date, and in production started by `postern serve`."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from src.doctor.case import Case
from src.doctor.processes import HiddenServer, Server, servers_of
from src.doctor.report import (
    CannotExamine,
    Check,
    Condition,
    Fine,
    Found,
    Group,
    Outcome,
    found_or_fine,
)
from src.settings import Environment

OLD_CODE = Condition(
    "server_runs_old_code",
    "A running server was started before the code changed",
    "A process keeps the code that it read at its start. This is the usual reason why a change has "
    "no effect, and it looks like a stale cache.",
    "The server was not restarted",
)
OLD_SETTINGS = Condition(
    "server_has_old_settings",
    "A running server was started before backend/.env changed",
    "Settings are read once, at the start. --reload watches the code and not backend/.env, so the "
    "server may still use the previous database.",
    "The server was not restarted",
)
UNBOUNDED = Condition(
    "server_not_postern_serve",
    "A production server was not started by postern serve",
    "Other servers have no limits on slow and oversized headers, so one client can keep all others "
    "waiting. uvicorn also reads X-Forwarded-For by its own rule.",
    "Production is not served by postern serve",
)
UNSURE = timedelta(seconds=2)
"""The system knows the start of a process only to the second."""


def up_to_date_servers(case: Case) -> Outcome:
    """Story: "The server was not restarted". Report: Kludex/uvicorn 2166, --reload and .env."""
    servers = _servers(case)
    if not servers:
        return Fine("no server of this checkout is running")
    found = [one for server in servers for one in _behind(case, server)]
    return found_or_fine(found, f"{len(servers)} running, none older than the code and settings")


def bounded_servers(case: Case) -> Outcome:
    """Story: "Production is not served by postern serve"."""
    if case.settings.environment is not Environment.PRODUCTION:
        return Fine(f"this is {case.settings.environment}")
    servers = _servers(case)
    found = [
        UNBOUNDED.found(
            f"process {server.pid} runs src.main:app in another server",
            fix=f"Stop process {server.pid} and start: postern serve",
        )
        for server in servers
        if not server.bounded
    ]
    return found_or_fine(found, f"{len(servers)} running, all by postern serve")


def _servers(case: Case) -> list[Server]:
    try:
        return list(servers_of(case.checkout.backend))
    except HiddenServer as hidden:
        raise CannotExamine(
            f"the system does not show the folder of process {hidden}, which runs a Postern server"
        ) from None


def _behind(case: Case, server: Server) -> list[Found]:
    found = []
    newest = max(
        (case.checkout.backend / "src").rglob("*.py"), key=lambda path: path.stat().st_mtime
    )
    if not server.reloads and _changed(newest) > server.since + UNSURE:
        found.append(OLD_CODE.found(*_times(case, server, newest), fix=_restart(server)))
    env_file = case.checkout.env_file
    if os.path.lexists(env_file) and _changed(env_file) > server.since + UNSURE:
        found.append(OLD_SETTINGS.found(*_times(case, server, env_file), fix=_restart(server)))
    return found


def _changed(path: Path) -> datetime:
    """The newer time of a link and of its target: the link may have changed, too."""
    times = [path.lstat().st_mtime]
    with suppress(OSError):
        times.append(path.stat().st_mtime)
    return datetime.fromtimestamp(max(times), UTC)


def _times(case: Case, server: Server, path: Path) -> tuple[str, str]:
    return (
        f"process {server.pid} was started at {server.since.astimezone():%Y-%m-%d %H:%M:%S}",
        f"{case.checkout.shown(path)} changed at {_changed(path).astimezone():%Y-%m-%d %H:%M:%S}",
    )


def _restart(server: Server) -> str:
    return f"Stop process {server.pid} and start it again."


CHECKS = (
    Check(Group.BYTECODE, "Running servers are up to date", up_to_date_servers),
    Check(Group.SECURITY, "Production is served by postern serve", bounded_servers),
)
