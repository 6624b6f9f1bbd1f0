"""The real processes of one fault: PostgreSQL, PgBouncer, and one or two API processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from bench.faults.asking import ask
from bench.faults.people import People
from bench.faults.tally import Change
from bench.faults.wire import Wire
from bench.services.base import BENCH, SECRET
from tests.support.memory import make_folder
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.ports import free_port

BACKEND = BENCH.parent / "backend"
T = TypeVar("T", "OwnPostgres", "Wire")
START_WITHIN = 60.0
HOLD = 5.0
"""Seconds that a fault lasts."""

HISTORY = """
    CREATE TABLE history (email text, name text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO public.history VALUES (NEW.email, NEW.name); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE OF name ON "user"
        FOR EACH ROW EXECUTE FUNCTION note()"""
"""Each change is noted in its own transaction, so the database also shows replaced names."""
SAVED = 'SELECT history.email, history.name FROM history JOIN "user" USING (email)'


@dataclass(frozen=True)
class Setup:
    """What a fault needs."""

    apis: int = 1
    """Processes of `postern serve`."""
    workers: int = 1
    """Of each of these."""
    pooled: bool = False
    """Whether requests reach the database through PgBouncer."""
    wired: bool = False
    """Whether they reach it through a `Wire`."""
    followed: bool = False
    """Whether a standby follows the database, and confirms each commit."""
    slots: int = 100
    disturbed: bool = False
    """Whether the API processes obey `Api.disturb`."""
    settings: tuple[tuple[str, str], ...] = ()


class Api:
    """A `postern serve` on a port of its own."""

    def __init__(self, log: Path, settings: dict[str, str], setup: Setup) -> None:
        self.port = free_port()
        self.log = log
        program = "bench.faults.disturbed" if setup.disturbed else "src.cli"
        where = ("--host", "127.0.0.1", "--port", str(self.port))
        workers = ("--workers", str(setup.workers))
        self._command = (sys.executable, "-m", program, "serve", *where, *workers)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._environment = {**kept, "PYTHONPATH": str(BENCH.parent), **settings}
        self.start()

    def start(self) -> None:
        with self.log.open("a") as out:
            self.process = subprocess.Popen(
                self._command,
                cwd=BACKEND,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                text=True,
            )

    def wait_ready(self) -> None:
        until = time.monotonic() + START_WITHIN
        while not ask(self.port, "GET", "/readyz", {}).answer.ok:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"postern serve did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def disturb(self, order: str) -> None:
        assert self.process.stdin is not None  # noqa: S101  it is a pipe
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()

    def close(self) -> None:
        children = []
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        assert self.process.stdin is not None  # noqa: S101  it is a pipe
        with suppress(OSError):
            self.process.stdin.close()


class Pooler(PgBouncer):
    """A PgBouncer that can be killed, and started again on its port."""

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        self._process = subprocess.Popen(self._process.args)
        self._wait(int(self.address["port"]))


class Stage:
    """Everything that runs during one fault."""

    def __init__(self, setup: Setup, end: ExitStack) -> None:
        self.setup, self._end = setup, end
        self.folder = make_folder()
        self.folder.chmod(0o711)
        end.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.postgres = self._database()
        if setup.followed:
            self.standby = self._closed(self.postgres.replica())
            self.postgres.sql("ALTER SYSTEM SET synchronous_standby_names TO '*'")
            self.postgres.sql("SELECT pg_reload_conf()")
        self.settings = self._settings()
        self.apis = [self.api(number) for number in range(setup.apis)]
        for api in self.apis:
            api.wait_ready()
        self.ports = [api.port for api in self.apis]
        self.people = People(self.ports)
        end.callback(self.people.give_up)

    def api(self, number: int, **settings: str) -> Api:
        api = Api(self.folder / f"api{number}.log", self.settings | settings, self.setup)
        self._end.callback(api.close)
        return api

    def hold(self) -> None:
        time.sleep(HOLD)

    def saved(self) -> set[Change]:
        """The changes of accounts that exist."""
        rows = self.postgres.sql(SAVED, "service")
        return {(str(email), None if name is None else str(name)) for email, name in rows}

    def _database(self) -> OwnPostgres:
        postgres = self._closed(ready_made(migrated=True))
        postgres.stop()
        with (postgres.cluster.data_dir / "pg_hba.conf").open("a") as access:
            access.write("local service app trust\n")  # for PgBouncer
        durable = "-c fsync=on -c full_page_writes=on"
        postgres.start(durable, f"-c max_connections={self.setup.slots}")
        postgres.sql(HISTORY, "service")
        return postgres

    def _settings(self) -> dict[str, str]:
        url = direct = self.postgres.text()
        if self.setup.wired:
            self.wire = self._closed(Wire(self.postgres.port))
            whole = self.postgres.url(port=self.wire.port)
            url = direct = whole.render_as_string(hide_password=False)
        if self.setup.pooled:
            self.pooler = Pooler(self.folder / "pooler", self._socket())
            self._end.callback(self.pooler.stop)
            url = self.pooler.url
        return {
            "ENVIRONMENT": "production",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url,
            "DATABASE_URL_UNPOOLED": direct,
            "API_URL": "http://127.0.0.1",
            "BCRYPT_ROUNDS": "10",
            "LOG_FORMAT": "json",
            **dict(self.setup.settings),
        }

    def _socket(self) -> str:
        """The database as PgBouncer reaches it: without a password."""
        folder = {"host": str(self.postgres.cluster.data_dir)}
        whole = self.postgres.url(host=None, password=None, query=folder)
        return whole.render_as_string(hide_password=False)

    def _closed(self, part: T) -> T:
        """It is closed at the end of the fault, in any case."""
        self._end.callback(part.close)
        return part


@contextmanager
def stage(setup: Setup) -> Iterator[Stage]:
    with ExitStack() as end:
        yield Stage(setup, end)
