"""`postern serve`: one process, or several workers with shared secrets and metrics."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from src.passwords import cores
from src.settings import get_settings
from src.web import logs
from src.web.server import Options

APP = "src.main:app"
"""The name of the app, because each process imports it itself."""
METRICS = "PROMETHEUS_MULTIPROC_DIR"


def serve(options: Options, *, proxy_headers: bool = True) -> None:
    """Serve until SIGTERM or SIGINT. If the start fails, the exit code is `STARTUP_FAILURE`.

    X-Forwarded-For is trusted from TRUSTED_PROXIES, or never if `proxy_headers` is false.
    """
    with logs.from_the_first_line():
        _serve(options, proxy_headers=proxy_headers)


def _serve(options: Options, *, proxy_headers: bool) -> None:
    if not proxy_headers:
        os.environ["TRUSTED_PROXIES"] = "none"
    settings = get_settings()
    logs.configure(settings)
    config = options.config(APP)
    if options.workers == 1:
        started = _serve_here(config)
    else:
        if settings.hash_threads is None:
            os.environ["HASH_THREADS"] = str(share(options.workers))
        # Without a SECRET_KEY, each worker would make its own and refuse the tokens of the others.
        if "secret_key" not in settings.model_fields_set:
            os.environ["SECRET_KEY"] = settings.secret_key.get_secret_value()
        with _shared_metrics():
            started = _serve_by_workers(config)
    if not started:
        raise SystemExit(STARTUP_FAILURE)


def share(workers: int) -> int:
    """The cores that each of this many workers should use for hashes, at least one."""
    return max(1, cores.usable() // workers)


def _serve_here(config: Config) -> bool:
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    return server.started


def _serve_by_workers(config: Config) -> bool:
    workers = Workers(config, sockets=[config.bind_socket()])
    workers.run()
    return all(process.exitcode != STARTUP_FAILURE for process in workers.processes)


class Workers(Multiprocess):
    """uvicorn's supervisor, which also removes the live gauges of workers that have ended."""

    _known: frozenset[int | None] = frozenset()

    def keep_subprocess_alive(self) -> None:
        """Called twice a second. It replaces workers that have died."""
        before = self._known | self._running()
        for process in self.processes:
            process.child_conn.close()  # the worker keeps its own: its death is noticed at once
        super().keep_subprocess_alive()
        self._known = self._running()
        for pid in before - self._known:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]

    def _running(self) -> frozenset[int | None]:
        return frozenset(process.pid for process in self.processes)


@contextmanager
def _shared_metrics() -> Iterator[None]:
    """A folder for the metrics of all workers, unless the operator has set one.

    From a folder of the operator, this removes the live gauges of an earlier run.
    """
    if named := os.environ.get(METRICS):
        Path(named).mkdir(parents=True, exist_ok=True)
        for gauge in Path(named).glob("gauge_live*.db"):
            gauge.unlink()
        yield
        return
    with tempfile.TemporaryDirectory(prefix="postern-metrics-") as folder:
        os.environ[METRICS] = folder
        yield
