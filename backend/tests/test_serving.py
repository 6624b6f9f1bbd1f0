"""`postern serve`: how it starts, what its workers share, and how it ends."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from src.main import create_app
from src.passwords.cores import usable
from src.serving import METRICS, share
from src.settings import BACKEND
from src.web.server import Options
from tests.support.environment import SETTINGS, shared_database
from tests.support.live import forget_keys
from tests.support.ports import free_port
from tests.support.raw_http import ask, exchange, request
from tests.support.server import running
from tests.support.service import WITHIN, Service, environment, service
from tests.support.waiting import eventually, said_until
from tests.web.test_metrics import value

KEPT_OPEN = ("--timeout-keep-alive", "600")
STARTED = "Application startup complete"
SPAWNED = "spawn_main"
"""Text in the command line of each worker."""


def workers(running: Service) -> list[psutil.Process]:
    return list(filter(is_worker, psutil.Process(running.process.pid).children()))


def is_worker(child: psutil.Process) -> bool:
    try:
        return SPAWNED in " ".join(child.cmdline())
    except psutil.Error:  # it has ended
        return False


def folder(running: Service) -> Path:
    """The folder of the workers' common counters."""
    return Path(workers(running)[0].environ()[METRICS])


def with_live_gauges(running: Service) -> set[int]:
    return {int(file.stem.rpartition("_")[2]) for file in folder(running).glob("gauge_live*.db")}


def wait_for_workers(running: Service, *, started: int = 2) -> None:
    """Return when this many workers have started, and exactly the running ones are counted."""

    def all_there() -> bool:
        pids = {worker.pid for worker in workers(running)}
        counted = with_live_gauges(running) - {running.process.pid}
        return running.log.count(STARTED) == started and counted == pids

    running.wait(all_there)


def holder(running: Service, connection: socket.socket) -> int:
    """The process id of the worker at the other end."""
    port = connection.getsockname()[1]
    (pid,) = (
        worker.pid
        for worker in workers(running)
        for other in worker.net_connections("tcp")
        if other.status == psutil.CONN_ESTABLISHED and other.raddr.port == port
    )
    return pid


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of two workers."""
    with service(tmp_path_factory.mktemp("pair"), {}, flags=("--workers", "2", *KEPT_OPEN)) as both:
        wait_for_workers(both)
        yield both


class TestOneProcess:
    def test_one_process_starts_answers_and_ends_on_sigterm(self, tmp_path: Path) -> None:
        with service(tmp_path, {}) as one:
            malformed = exchange(one.port, b"no HTTP\r\n\r\n", answers=None).only
            one.process.terminate()
            assert one.process.wait(WITHIN) in {0, -signal.SIGTERM}
            log = one.log
        assert malformed.headers["content-type"] == "application/problem+json"
        assert "Finished server process" in log
        assert "Traceback" not in log

    def test_a_request_that_never_ends_does_not_prevent_the_end(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        async def hang(request: Request) -> Response:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            return Response()

        app = create_app()
        app.add_route("/hang", hang)
        with ExitStack() as held:
            with running(app, options=Options(timeout_graceful_shutdown=1)) as server:
                connection = held.enter_context(
                    socket.create_connection(("127.0.0.1", server.port))
                )
                connection.sendall(request("GET /hang HTTP/1.1"))
                eventually(lambda: server.uvicorn.server_state.tasks)
            assert not server.uvicorn.server_state.tasks
        said_until(capfd, "timeout graceful shutdown exceeded")

    @pytest.mark.parametrize("number", ["1", "2"])
    def test_a_taken_port_is_an_error(self, number: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            done = run("-m", "src.cli", "serve", "--port", port, "--workers", number)
        assert done.returncode not in {0, -signal.SIGTERM}
        assert "address already in use" in done.stdout.lower()
        assert "Traceback" not in done.stdout


class TestWorkers:
    def test_workers_count_together(self, pair: Service) -> None:
        labels = {"route": "/auth/config", "status": "200"}
        before = value(pair.client, "postern_http_requests_total", **labels)
        with ExitStack() as held:
            by_worker: dict[int, socket.socket] = {}

            def each_has_one() -> bool:
                connection = held.enter_context(socket.create_connection(("127.0.0.1", pair.port)))
                ask(connection, request())
                by_worker[holder(pair, connection)] = connection
                return len(by_worker) == 2

            eventually(each_has_one)
            for connection in by_worker.values():
                for _ in range(5):
                    ask(connection, request("GET /auth/config HTTP/1.1"))
        eventually(
            lambda: value(pair.client, "postern_http_requests_total", **labels) == before + 10
        )

    def test_workers_share_the_cores(self, pair: Service) -> None:
        assert value(pair.client, "postern_hash_threads") == 2 * share(2)

    def test_a_dead_worker_is_replaced_and_leaves_no_live_gauge(self, pair: Service) -> None:
        started, killed = pair.log.count(STARTED), workers(pair)[0]
        killed.kill()
        wait_for_workers(pair, started=started + 1)
        assert value(pair.client, "postern_hash_threads") == 2 * share(2)

    def test_workers_end_with_their_parent_and_leave_no_folder(self, tmp_path: Path) -> None:
        with service(tmp_path, {}, flags=("--workers", "2")) as both:
            wait_for_workers(both)
            shared, started = folder(both), workers(both)
            assert shared.is_dir()
            both.process.terminate()
            assert both.process.wait(WITHIN) == 0
        assert not shared.exists()
        assert not any(worker.is_running() for worker in started)

    def test_tokens_of_one_worker_are_good_at_all_without_a_secret_key(
        self, tmp_path: Path, client: httpx.Client, direct: psycopg2.extensions.connection
    ) -> None:
        assert client.get("/livez").status_code == 200  # its tables are wiped afterwards
        body = {"email": "ada@example.com", "password": "testpass123"}
        with service(tmp_path, {"SECRET_KEY": ""}, flags=("--workers", "2")) as both:
            wait_for_workers(both)
            at = f"http://127.0.0.1:{both.port}"
            httpx.post(f"{at}/auth/signup", json=body).raise_for_status()
            tokens = httpx.post(f"{at}/auth/signin", json=body).json()
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            profile = f"{at}/auth/profile"
            seen = {httpx.get(profile, headers=bearer).status_code for _ in range(30)}
        with direct.cursor() as cursor:
            cursor.execute("DELETE FROM signing_key")
        forget_keys()
        assert seen == {200}

    def test_an_operator_can_set_threads_and_folder(self, tmp_path: Path) -> None:
        mine = tmp_path / "metrics"
        mine.mkdir()
        left = mine / "gauge_livesum_999999999.db"  # of an earlier run
        left.touch()
        chosen = {"HASH_THREADS": "3"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(METRICS, str(mine))
            with service(tmp_path, chosen, flags=("--workers", "2")) as both:
                wait_for_workers(both)
                assert folder(both) == mine
                assert not left.exists()
                assert value(both.client, "postern_hash_threads") == 6
        assert mine.is_dir()

    def test_workers_that_cannot_start_are_an_error(self) -> None:
        script = (
            "from src import serving\n"
            "from src.web.server import Options\n"
            "serving.APP = 'tests.support.failing_app:app'\n"
            f"serving.serve(Options(port={free_port()}, workers=2))"
        )
        done = run("-c", script)
        assert done.returncode == 3
        assert "it cannot" in done.stdout

    @pytest.mark.parametrize("number", [1, 2, 3, 1000])
    def test_each_worker_has_at_least_one_thread_for_hashes(self, number: int) -> None:
        assert share(number) == max(1, usable() // number)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, *arguments),
        cwd=BACKEND,
        env=environment({**SETTINGS, **shared_database()}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
