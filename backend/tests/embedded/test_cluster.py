"""The bundled PostgreSQL: shared, restarted, recovered, and it says what it cannot use."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest
from sqlalchemy import make_url

from src.embedded import cluster, errors, root
from src.settings import BACKEND
from tests.support import memory

OPEN_AND_WAIT = """
import sys, time
from pathlib import Path
from src.embedded import cluster, errors, root
print(cluster.start(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that the server's own user can enter; it cannot enter pytest's."""
    with memory.folder() as made:
        yield made


@pytest.fixture(scope="module")
def at_rest() -> Iterator[Path]:
    """A cluster that exists, and that no process has open."""
    with memory.folder() as made:
        path = made / "postgres"
        start(path)
        cluster.close(path)
        yield path


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a new server."""
    with memory.folder() as made:
        yield start(made / "postgres")
        cluster.close(made / "postgres")


@pytest.fixture
def made(data_dir: Path, at_rest: Path) -> Path:
    """The path of a cluster that exists already."""
    subprocess.run(("cp", "-a", at_rest, data_dir), check=True)
    return data_dir


@pytest.fixture
def data_dir(folder: Path) -> Iterator[Path]:
    """A path for a cluster; its server is stopped at the end."""
    path = folder / "postgres"
    yield path
    cluster.close(path)
    assert server_of(path) is None


def start(path: Path) -> str:
    return cluster.start(path, durable=False)


def query(url: str, statement: str) -> object:
    parsed = make_url(url)
    connection = psycopg2.connect(
        host=parsed.query["host"], user=parsed.username, dbname=parsed.database
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]
    finally:
        connection.close()


def server_of(path: Path) -> int | None:
    return cluster.Cluster(path.resolve()).running()


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that has opened the cluster and keeps it open until its input ends."""
    process = subprocess.Popen(
        (sys.executable, "-c", OPEN_AND_WAIT, path),
        cwd=BACKEND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline().startswith("postgresql+psycopg2://")
        yield process


def guards_of(path: Path) -> list[int]:
    found = psutil.process_iter(["cmdline"])
    lines = [(one.pid, " ".join(one.info["cmdline"] or [])) for one in found]
    return [pid for pid, line in lines if "guard.py" in line and str(path) in line]


def gone(pid: int, within: float = 30) -> bool:
    until = time.monotonic() + within
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


class TestANewServer:
    def test_a_new_server_is_postgresql_18_with_our_database(self, url: str) -> None:
        assert url.startswith("postgresql+psycopg2://postgres@/postern?host=")
        assert str(query(url, "SHOW server_version")).startswith("18.")
        assert query(url, "SELECT current_database()") == "postern"

    def test_text_sorts_and_folds_the_same_on_every_machine(self, url: str) -> None:
        assert query(url, "SHOW server_encoding") == "UTF8"
        assert query(url, "SELECT lower('ÄÖÉ')") == "äöé"
        assert query(url, "SELECT datlocprovider FROM pg_database WHERE datname='postern'") == "b"
        assert query(url, "SHOW timezone") == "UTC"

    def test_the_server_listens_on_no_network_port(self, url: str) -> None:
        assert query(url, "SHOW listen_addresses") == ""


class TestStart:
    def test_a_second_call_gives_the_same_server(self, made: Path) -> None:
        url, server = start(made), server_of(made)

        assert start(made) == url
        assert server_of(made) == server

    def test_libpq_variables_and_unknown_locales_change_nothing(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {"PGPORT": "6", "PGDATA": "/nowhere", "LC_ALL": "xx_YY.UTF-8"}.items():
            monkeypatch.setenv(name, value)
        url = start(data_dir)

        monkeypatch.delenv("PGPORT")
        assert query(url, "SELECT current_setting('port')") == "5432"

    @pytest.mark.parametrize("name", ["my project", "it's", "x" * 120, "größe"])
    def test_the_data_can_be_on_any_path(self, folder: Path, name: str) -> None:
        data_dir = folder / name / "postgres"
        url = start(data_dir)

        assert query(url, "SELECT current_database()") == "postern"
        cluster.close(data_dir)
        assert server_of(data_dir) is None

    def test_many_processes_at_once_make_and_open_one_server(self, data_dir: Path) -> None:
        with ExitStack() as stack, ThreadPoolExecutor() as threads:
            opened = [
                threads.submit(stack.enter_context, another_process(data_dir)) for _ in range(3)
            ]
            processes = [future.result() for future in opened]
            server = server_of(data_dir)
            assert server is not None
            for process in processes:
                process.communicate()

        assert [process.returncode for process in processes] == [0, 0, 0]
        assert gone(server)


class TestSharing:
    def test_data_survives_the_server(self, made: Path) -> None:
        query(start(made), "CREATE TABLE kept AS SELECT 42 AS answer")
        cluster.close(made)
        assert server_of(made) is None

        assert query(start(made), "SELECT answer FROM kept") == 42

    def test_the_server_runs_on_while_another_process_has_it_open(self, made: Path) -> None:
        with another_process(made) as first:
            url = start(made)
            first.communicate()

            assert query(url, "SELECT 1") == 1

    def test_the_last_process_to_close_it_stops_the_server(self, made: Path) -> None:
        with another_process(made) as process:
            server = server_of(made)
            assert server is not None
            process.communicate()

        assert gone(server)

    def test_a_killed_process_no_longer_holds_the_server_open(self, made: Path) -> None:
        with another_process(made) as process:
            start(made)
            process.kill()
        server = server_of(made)
        assert server is not None
        cluster.close(made)

        assert gone(server)

    def test_a_server_whose_last_user_was_killed_ends(self, made: Path) -> None:
        with another_process(made) as process:
            server = server_of(made)
            assert server is not None
            process.kill()
        assert gone(server)
        assert server_of(made) is None
        assert query(start(made), "SELECT 1") == 1

    def test_the_guard_ends_with_the_server(self, made: Path) -> None:
        start(made)
        [guard] = guards_of(made)
        cluster.close(made)
        assert gone(guard)


class TestRecovery:
    def test_a_killed_server_is_started_again_with_its_data(self, made: Path) -> None:
        query(start(made), "CREATE TABLE kept AS SELECT 42 AS answer")
        server = server_of(made)
        assert server is not None
        os.kill(server, signal.SIGKILL)
        assert gone(server)

        assert query(start(made), "SELECT answer FROM kept") == 42

    def test_a_process_id_of_another_program_is_not_taken_for_a_server(self, made: Path) -> None:
        start(made)
        server = server_of(made)
        assert server is not None
        remembered = (made / "postmaster.pid").read_text()
        cluster.close(made)
        stale = remembered.replace(str(server), str(os.getpid()), 1)
        (made / "postmaster.pid").write_text(stale)

        assert query(start(made), "SELECT 1") == 1

    @pytest.mark.parametrize("zombie", [False, True])
    def test_a_socket_lock_that_names_a_zombie_or_another_program_is_removed(
        self, made: Path, *, zombie: bool
    ) -> None:
        start(made)
        server = server_of(made)
        assert server is not None
        locks = [made / "postmaster.pid", made / f"{cluster.SOCKET_NAME}.lock"]
        remembered = [lock.read_text() for lock in locks]
        cluster.close(made)
        user = cluster.Cluster(made.resolve()).system_user
        with subprocess.Popen(("sleep", "60"), user=user, cwd="/") as other:
            if zombie:
                other.kill()
                os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
            for lock, text in zip(locks, remembered, strict=True):
                lock.write_text(text.replace(str(server), str(other.pid), 1))

            assert query(start(made), "SELECT 1") == 1
            other.kill()

    def test_postgresql_decides_about_a_lock_of_a_process_we_cannot_inspect(
        self, made: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = start(made)

        def denied(process: psutil.Process) -> list[str]:
            raise psutil.AccessDenied(process.pid)

        with monkeypatch.context() as patched:
            patched.setattr(psutil.Process, "cmdline", denied)
            with pytest.raises(errors.ServerDidNotStart, match="lock file"):
                cluster.Cluster(made.resolve()).start(durable=False)
        assert query(url, "SELECT 1") == 1
        assert server_of(made) is not None

    @pytest.mark.parametrize("link", ["the folder", "the folder above"])
    def test_no_database_is_made_behind_a_link_to_nothing(self, data_dir: Path, link: str) -> None:
        disk = data_dir.with_name("not mounted")
        data = data_dir if link == "the folder" else data_dir / "postgres"
        data_dir.symlink_to(disk)

        with pytest.raises(errors.LinkToNothing, match="Mount the disk"):
            start(data)
        assert not disk.exists()

    def test_an_interrupted_setup_is_done_again(self, data_dir: Path) -> None:
        half = data_dir.with_name("postgres.new")
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")

        assert query(start(data_dir), "SELECT 1") == 1
        assert not half.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs it")
class TestAsRoot:
    def test_opening_a_folder_to_the_servers_user_is_logged_with_the_undo(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        closed = folder / "my own"
        closed.mkdir(mode=0o700)
        root.let_through(closed / "postgres")

        assert closed.stat().st_mode & 0o777 == 0o701
        (record,) = (one for one in caplog.records if str(closed) in one.getMessage())
        assert record.levelname == "WARNING"
        assert f"chmod o-x '{closed}'" in record.getMessage()

    def test_making_a_system_user_is_logged_with_the_undo(
        self, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = folder / "useradd"
        program.write_text(f"#!/bin/sh\necho $* > '{folder}/asked'\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        root.make_system_user("postern-nobody")

        assert (folder / "asked").read_text().split()[-1] == "postern-nobody"
        assert caplog.records[-1].levelname == "WARNING"
        assert "userdel postern-nobody" in caplog.records[-1].getMessage()


class TestRefusal:
    def test_data_of_another_major_version_is_refused(self, data_dir: Path) -> None:
        data_dir.mkdir()
        (data_dir / "PG_VERSION").write_text("16\n")

        with pytest.raises(errors.OtherMajorVersion, match=r"PostgreSQL 16.* mv "):
            start(data_dir)
        assert (data_dir / "PG_VERSION").read_text() == "16\n"

    def test_a_folder_with_other_files_is_refused(self, data_dir: Path) -> None:
        data_dir.mkdir()
        (data_dir / "holiday.jpg").touch()

        with pytest.raises(errors.NotADataDirectory, match="not PostgreSQL data"):
            start(data_dir)
        assert [path.name for path in data_dir.iterdir()] == ["holiday.jpg"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
    def test_data_of_another_user_is_refused(self, made: Path) -> None:
        made.parent.chmod(0o755)
        refusal, said = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            try:
                start(made)
            except errors.DataDirectoryNotOurs as error:
                os.write(said, str(error).encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(said)

        assert "belongs to the user root, so this user cannot" in os.read(refusal, 1000).decode()

    def test_a_temporary_folder_with_too_long_a_path_is_refused(
        self, at_rest: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = folder / ("y" * 120)
        deep.mkdir()
        subprocess.run(("cp", "-a", at_rest, deep), check=True)
        monkeypatch.setattr(tempfile, "tempdir", str(deep))

        with pytest.raises(errors.SocketPathTooLong, match="Set TMPDIR"):
            start(deep / "postgres")

    def test_a_server_that_cannot_start_shows_its_output(self, made: Path) -> None:
        with (made / "postgresql.conf").open("a") as configuration:
            configuration.write("shared_buffers = 'a lot'\n")

        with pytest.raises(errors.ServerDidNotStart, match="shared_buffers"):
            start(made)
