"""`make dev`: starts and stops the database, the API with reload and the web app together.

Every child has a process group of its own, so that its own children are stopped with it. A Ctrl-C
reaches only this program, which then stops all children in order.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import psutil

ROOT = Path(__file__).resolve().parent.parent
BACKEND = ROOT / "backend"
FRONTEND = ROOT / "frontend"
ENV_FILE = BACKEND / ".env"
ANSWER_WITHIN = 120
STOP_WITHIN = 8


class Refused(Exception):  # noqa: N818  it names the fact
    """Why nothing was started, and what to do."""


@dataclass
class End:
    """Whether to stop: because of a signal, or because the process that started this has ended.

    It has no lock, since a signal may arrive while a lock is held.
    """

    parent: int = field(default_factory=os.getppid)
    terminal: bool = field(default_factory=sys.stdout.isatty)
    signalled: bool = False

    def signal(self, _number: int, _frame: FrameType | None) -> None:
        self.signalled = True

    @property
    def requested(self) -> bool:
        closed = self.terminal and not os.isatty(sys.stdout.fileno())
        return self.signalled or closed or os.getppid() != self.parent


@dataclass(frozen=True)
class Child:
    name: str
    port: int
    probe: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """Ends the whole group: with SIGTERM, and after a while with SIGKILL."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_WITHIN)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS: no permission for zombies
            os.killpg(self.process.pid, number)


def main() -> int:
    end = End()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end.signal)
    children: list[Child] = []
    try:
        api_port, web_port = chosen_port("API_PORT", 8000), chosen_port("WEB_PORT", 3000)
        refuse_taken(API_PORT=api_port, WEB_PORT=web_port)
        make_env_file()
        database = open_database()
        if not end.requested:
            children.append(start_api(api_port))
            children.append(start_web(web_port, api_port))
            watch(children, database, end)
    except Refused as refusal:
        say(f"\n{refusal}")
        return 1
    finally:
        for child in reversed(children):
            child.stop()
    return 0


def chosen_port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:  # noqa: PLR2004  ports are 16 bits
        raise Refused(f"{variable}={text} is no port: make dev {variable}={default + 1}")
    return int(text)


def refuse_taken(**ports: int) -> None:
    """Says which ports are taken, by which process if that is known, and how to choose others."""
    if len(set(ports.values())) < len(ports):
        raise Refused(f"{' and '.join(ports)} are the same port. Choose two.")
    taken = {variable: number for variable, number in ports.items() if is_taken(number)}
    if taken:
        lines = [f"Port {number} is taken{holder(number)}." for number in taken.values()]
        others = " ".join(f"{variable}={free_port(number)}" for variable, number in taken.items())
        raise Refused(
            "\n".join([*lines, f"Stop what uses it, or choose another: make dev {others}"])
        )


def is_taken(number: int) -> bool:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, number)) == 0:
                return True
    return False


def holder(number: int) -> str:
    """` by NAME (process PID: COMMAND)`, or nothing if the system does not say."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.pid
            if listens and connection.laddr and connection.laddr.port == number:
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline()).strip()
                return f" by {process.name()} (process {process.pid}: {command})"
    return ""


def free_port(number: int) -> int:
    return next(candidate for candidate in range(number + 1, 65536) if not is_taken(candidate))


def make_env_file() -> None:
    """Makes backend/.env from the example, unless it exists."""
    from src.doctor.env_file import make_from_example

    example = ROOT / ".env.example"
    try:
        make_from_example(example, ENV_FILE)
    except FileExistsError:
        if not _has_key():
            say(
                "backend/.env has no SECRET_KEY, so each restart signs everybody out. "
                "Add one: echo SECRET_KEY=$(openssl rand -base64 48) >> backend/.env"
            )
        return
    except FileNotFoundError:
        raise Refused(f"{example} is not there. Restore it: git restore .env.example") from None
    except OSError as error:
        raise Refused(f"{ENV_FILE} cannot be made: {error.strerror}: {error.filename}") from None
    say(f"Made {ENV_FILE.relative_to(ROOT)} with a SECRET_KEY of its own.")


def _has_key() -> bool:
    """Whether a key is set. A file that cannot be read is left to the API, which says why."""
    if os.environ.get("SECRET_KEY"):
        return True
    try:
        lines = ENV_FILE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return True
    return any(re.match(r"\s*(export\s+)?SECRET_KEY\s*=\s*\S", line) for line in lines)


def open_database() -> str:
    """Starts the bundled PostgreSQL if no DATABASE_URL is set, migrates, and names the database.

    This process keeps the server open, so that a reload of the API does not stop it.
    """
    from src.database.database import get_endpoints
    from src.database.faults import NoServer
    from src.database.origin import app_endpoint
    from src.settings import get_loaded

    loaded = get_loaded()
    try:
        get_endpoints()
    except NoServer as error:
        raise Refused(str(error)) from error
    if loaded.settings.auto_migrate:
        migration = subprocess.run(
            [sys.executable, "-m", "src.cli", "migrate", "--only-safe"], cwd=BACKEND, check=False
        )
        if migration.returncode:
            say("The database could not be migrated; the API starts all the same. See: make doctor")
    if loaded.settings.database_url is None:
        return "the bundled PostgreSQL, in backend/.data/postgres"
    return f"{app_endpoint().address} (from {loaded.source_of('database_url')})"


def start_api(port: int) -> Child:
    command = [sys.executable, "-m", "uvicorn", "src.main:app", "--reload", "--reload-dir", "src"]
    command += ["--port", str(port), "--timeout-graceful-shutdown", "3"]
    return Child("api", port, "/livez", spawn("api", command, BACKEND, changed_addresses()))


def start_web(port: int, api_port: int) -> Child:
    from src.settings import get_settings

    next_js = ROOT / "node_modules" / "next" / "dist" / "bin" / "next"
    command = [
        shutil.which("node") or "node",
        str(next_js),
        "dev",
        "--hostname",
        "localhost",
        "--port",
        str(port),
    ]
    settings = get_settings()
    look = {name.upper(): getattr(settings, name) for name in LOOK}
    given = {
        **{name: str(value) for name, value in look.items() if value is not None},
        "API_URL": f"http://localhost:{api_port}",
        "WEB_URL": settings.web_url,
    }
    extra = given | changed_addresses() | {"NEXT_TELEMETRY_DISABLED": "1"}
    return Child("web", port, "/", spawn("web", command, FRONTEND, extra))


LOOK = (
    *("app_name", "brand_color", "logo", "logo_dark", "theme"),
    *("home_url", "terms_url", "privacy_url", "support_url", "words"),
)
"""The settings that the web app shares with the API, besides addresses."""


def changed_addresses() -> dict[str, str]:
    """The addresses that follow from ports on the command line. An address that was set stays."""
    from src.settings import get_loaded

    known = get_loaded().provenance
    pairs = {"API_URL": os.environ.get("API_PORT"), "WEB_URL": os.environ.get("WEB_PORT")}
    chosen = {name: port for name, port in pairs.items() if port}
    return {
        name: f"http://localhost:{port}"
        for name, port in chosen.items()
        if known[name.lower()].text is None
    }


def spawn(name: str, command: list[str], cwd: Path, extra: dict[str, str]) -> subprocess.Popen[str]:
    colour = {"FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=os.environ | colour | {"PYTHONUNBUFFERED": "1"} | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    threading.Thread(target=relay, args=(name, process), daemon=True).start()
    return process


def relay(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        say(f"{name} │ {line.rstrip()}")


def watch(children: list[Child], database: str, end: End) -> None:
    """Says when all answer, and returns when it has to stop. Anything else is refused."""
    began = time.monotonic()
    silent = list(children)
    while not end.requested:
        time.sleep(0.25)
        for child in children:
            if (code := child.process.poll()) is not None:
                raise Refused(f"The {child.name} process ended by itself, with exit code {code}.")
        if silent:
            silent = [child for child in silent if answers(child.port, child.probe) is None]
            if not silent:
                announce(children, database, time.monotonic() - began)
            elif time.monotonic() - began > ANSWER_WITHIN:
                names = " and ".join(child.name for child in silent)
                raise Refused(f"There was no answer from {names} within {ANSWER_WITHIN} seconds.")
    say("\nStopping …")


def answers(number: int, path: str) -> int | None:
    """The status of a GET, or None without an answer."""
    connection = HTTPConnection("localhost", number, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def announce(children: list[Child], database: str, seconds: float) -> None:
    api, web = children
    lines = [
        f"\n  Postern is running ({seconds:.0f} s)\n",
        f"    Web app   http://localhost:{web.port}",
        f"    API       http://localhost:{api.port}  (try it at /docs)",
        f"    Mails     http://localhost:{web.port}/dev/mail",
        f"    Database  {database}",
    ]
    if answers(api.port, "/readyz") == 503:  # noqa: PLR2004  not ready
        lines.append("\n  The API is not ready. Find out why in a second terminal: make doctor")
    say("\n".join([*lines, "\n  Ctrl-C stops all of it.\n"]))  # in one, or other lines tear it


def say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
