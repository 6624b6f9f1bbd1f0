"""A test's own PostgreSQL, on a TCP port with passwords. It can be stopped, frozen and killed."""

import atexit
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from psycopg2.extensions import make_dsn
from sqlalchemy import URL

from src.database.endpoints import DRIVER
from src.embedded import cluster
from tests.support.memory import make_folder
from tests.support.ports import free_port
from tests.support.postgres import run

USER = "app"
PASSWORD = "a p@ss/word%-pooler"
Kind = Callable[[Path], cluster.Cluster]
"""The bundled PostgreSQL, or another: `debian_postgres.DebianCluster`."""
HBA = """
local all,replication postgres trust
host  all all 127.0.0.1/32 scram-sha-256
"""


def ready_made(*, migrated: bool = False, kind: Kind = cluster.Cluster) -> "OwnPostgres":
    """A server on a copy of files that the run makes once: fast, and all have the same identity."""
    return _at_rest(migrated=migrated, kind=kind).copied()


@cache
def _at_rest(*, migrated: bool, kind: Kind) -> "OwnPostgres":
    from tests.support.service import alembic

    server = ready_made(kind=kind) if migrated else OwnPostgres(kind=kind)
    atexit.register(server.close)
    if migrated:
        alembic("upgrade", "head", settings={"DATABASE_URL": server.text()})
    server.stop()
    return server


class OwnPostgres:
    """A server with the role `app`, which owns the database `service` and is not a superuser."""

    def __init__(
        self,
        *,
        copy_of: "OwnPostgres | None" = None,
        standby: bool = False,
        kind: Kind = cluster.Cluster,
        replica_of: "OwnPostgres | None" = None,
    ) -> None:
        self.port = free_port()
        self.folder = make_folder()
        self.folder.chmod(0o711)
        self.cluster = kind(self.folder / "data")
        if copy_of is not None:
            self._copy(copy_of, standby=standby)
            return
        if replica_of is not None:
            self._follow(replica_of)
            return
        self.cluster.initialise()
        (self.cluster.data_dir / "pg_hba.conf").write_text(HBA)
        self.start()
        self.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        self.sql(f"CREATE DATABASE service OWNER {USER}")

    def url(self, **changes: Any) -> URL:
        """The address of `service` for `app`, with some parts changed; None removes a part."""
        whole = URL.create(DRIVER, USER, PASSWORD, "127.0.0.1", self.port, "service")
        return whole._replace(**changes)

    def text(self, database: str = "service") -> str:
        return self.url(database=database).render_as_string(hide_password=False)

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run as the superuser, over the Unix socket."""
        connection = psycopg2.connect(
            host=str(self.cluster.data_dir), port=self.port, user="postgres", dbname=database
        )
        return run(connection, statement)

    def copied(self, *, standby: bool = False) -> "OwnPostgres":
        """A second server on a copy of this one's files; a standby is read-only."""
        return OwnPostgres(copy_of=self, standby=standby, kind=type(self.cluster))

    def replica(self) -> "OwnPostgres":
        """A second server that follows this one by streaming replication."""
        return OwnPostgres(replica_of=self)

    def _follow(self, primary: "OwnPostgres") -> None:
        data = self.cluster.data_dir
        data.mkdir(mode=0o700)
        if user := self.cluster.system_user:
            shutil.chown(data, user)
        source = (f"--host={primary.cluster.data_dir}", f"--port={primary.port}")
        whole = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync", f"--pgdata={data}")
        self.cluster.run("pg_basebackup", *source, "--username=postgres", *whole)
        self.start()

    def promote(self) -> None:
        """As in a failover: the standby takes writes from now on."""
        self.cluster.run("pg_ctl", "promote", "--wait", f"--pgdata={self.cluster.data_dir}")

    def restored_into(self, other: "OwnPostgres") -> None:
        """Dump `service`, and restore it into the empty one of another server."""
        source, target = (_conninfo(server.url()) for server in (self, other))
        dump = self.folder / "dump"
        _program("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={source}")
        _program("pg_restore", "--exit-on-error", f"--dbname={target}", str(dump))

    def _copy(self, original: "OwnPostgres", *, standby: bool) -> None:
        runs = original.cluster.running() is not None
        if runs:
            original.stop()
        source, target = original.cluster.data_dir, self.cluster.data_dir
        subprocess.run(("cp", "-a", source, target), check=True)
        if standby:
            (target / "standby.signal").touch()
        if runs:
            original.start()
        self.start()

    def start(self, *options: str) -> None:
        data = self.cluster.data_dir
        settings = [f"-p {self.port}", f"-k {data}", cluster.NOT_DURABLE, *options]
        self.cluster.run(
            *("pg_ctl", "start", "--wait", "--silent", f"--pgdata={data}"),
            *(f"--log={data / 'server.log'}", f"--options=-h 127.0.0.1 {' '.join(settings)}"),
        )

    def stop(self, mode: str = "fast") -> None:
        data = self.cluster.data_dir
        self.cluster.run("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={data}")

    def begin_to_stop(self) -> None:
        """Accept no new connections, and wait for the open ones to end."""
        pid = self.cluster.running()
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        _wait(self._lets_nobody_in)

    def _lets_nobody_in(self) -> bool:
        try:
            self.sql("SELECT 1")
        except psycopg2.OperationalError as refusal:
            return "shutting down" in str(refusal)
        return False

    def kill(self) -> None:
        """Like a power failure of the server: kill every process at once."""
        killed = self._signal(signal.SIGKILL)
        _wait(lambda: all(map(_is_gone, killed)))

    def restart_after_kill(self) -> None:
        # They name a process that may still exist as a zombie.
        for left in ("postmaster.pid", f".s.PGSQL.{self.port}.lock"):
            (self.cluster.data_dir / left).unlink(missing_ok=True)
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of the server is stopped; its port still accepts connections."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def close(self) -> None:
        try:
            if self.cluster.running() is not None:
                self.stop("immediate")
        except cluster.EmbeddedPostgresError:  # it was stopping by itself
            _wait(lambda: self.cluster.running() is None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> list[psutil.Process]:
        """Send it to every process of the server, and return them."""
        pid = self.cluster.running()
        assert pid is not None, "the server does not run"
        postmaster = psutil.Process(pid)
        postmaster.suspend()  # so that no more processes start; some may end by themselves
        processes = [*postmaster.children(recursive=True), postmaster]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        return processes


def _conninfo(url: URL) -> str:
    words: str = make_dsn(**url.translate_connect_args(username="user", database="dbname"))
    return words


def _program(name: str, *arguments: str) -> None:
    subprocess.run((str(cluster.bundled(name)), *arguments), check=True, capture_output=True)


def _is_gone(process: psutil.Process) -> bool:
    """A zombie holds no files, and may stay until its parent waits for it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wait(condition: Callable[[], bool], within: float = 30) -> None:
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
