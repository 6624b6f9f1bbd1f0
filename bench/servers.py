"""A service's process, on its core, from its start to its end."""

import os
import secrets
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from bench import cores
from bench.services.base import Request, Service, address_of

START_WITHIN = 60.0
REST_WITHIN = 120.0
IDLE_SECONDS = 0.03
"""Seconds of processor time that an idle server may use in half a second for its upkeep."""
BELOW_EPHEMERAL = range(10_000, 32_000)
"""Outgoing connections do not get these ports, so a free port stays free until it is used."""
MEGABYTE = 1_000_000


class ServerErred(Exception):  # noqa: N818  the name states the fact
    """A server did not start, has ended, or refused what it should not."""


class Server:
    """A running service. All requests reach it over loopback."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it on its port, for the first time or after `stop`."""
        service = self.service
        self.client = httpx.Client(base_url=self.url, timeout=120)
        log, self._log = tempfile.mkstemp(prefix=f"postern-bench-{service.name}-", suffix=".log")
        environment = _environment(service, self.port)
        with cores.pinned(cores.SERVER):
            self._process = subprocess.Popen(
                service.command(self.port),
                cwd=service.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        os.close(log)
        self.seen = psutil.Process(self._process.pid)
        try:
            self.wait_until(service.health)
        except BaseException:
            self.stop()
            raise

    def wait_until(self, path: str) -> None:
        """Return when this path answers with success."""
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(httpx.TransportError):
                if self.client.get(path).is_success:
                    return
            time.sleep(0.02)
        raise ServerErred(f"{self.service.name} did not start:\n{self.log()}")

    def log(self) -> str:
        """The end of the log. Empty for a server that was stopped."""
        with suppress(FileNotFoundError):
            return Path(self._log).read_text(errors="replace")[-5000:]
        return ""

    def require_running(self) -> None:
        if self._process.poll() is not None:
            code = self._process.returncode
            raise ServerErred(f"{self.service.name} has ended with {code}:\n{self.log()}")

    def ask(self, request: Request) -> httpx.Response:
        """The answer. A refusal is an error. No cookies are kept between two requests."""
        answer = request.send(self.client)
        self.client.cookies.clear()
        self.refuse_unless(answer.is_success, request, answer)
        return answer

    def refuse_unless(self, expected: bool, request: Request, answer: httpx.Response) -> None:  # noqa: FBT001  the outcome of a check
        if not expected:
            said = f"{answer.status_code} {answer.text[:500]}"
            raise ServerErred(f"{self.service.name} {request.path}: {said}")

    def signed_in(self, count: int) -> list[httpx.Response]:
        """The answers to one sign-in of each of the first people."""
        return [self.ask(self.service.signin(address_of(number))) for number in range(1, count + 1)]

    def processes(self) -> list[psutil.Process]:
        return [self.seen, *self.seen.children(recursive=True)]

    def memory(self) -> float:
        """Resident memory in MB (10⁶ bytes), with children."""
        return sum(process.memory_info().rss for process in self.processes()) / MEGABYTE

    def cpu_seconds(self) -> float:
        used = [process.cpu_times() for process in self.processes()]
        return sum(times.user + times.system for times in used)

    def come_to_rest(self) -> None:
        """Wait until the server is idle, since the next service needs the core for itself.

        A server that queues sign-ins continues to hash for clients that have already gone.
        """
        until = time.monotonic() + REST_WITHIN
        while time.monotonic() < until:
            used = self.cpu_seconds()
            time.sleep(0.5)
            if self.cpu_seconds() - used < IDLE_SECONDS:
                return
        raise ServerErred(f"{self.service.name} is still at work {REST_WITHIN:.0f} s later")

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        self.client.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        Path(self._log).unlink(missing_ok=True)


def prepare(service: Service) -> None:
    """Make the service's tables, if its server does not do so at its start."""
    if command := service.prepare():
        done = subprocess.run(
            command,
            cwd=service.folder,
            env=_environment(service, 0),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerErred(f"{service.name} {command[-1]}:\n{done.stdout}{done.stderr}")


def _environment(service: Service, port: int) -> dict[str, str]:
    """The service's settings, and the variables of this shell that find programs and folders."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, **service.environment(port)}


def free_port() -> int:
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
