"""Starts `python -m module` in a fork of an interpreter that has already loaded the packages.

A new interpreter needs 1.5 seconds of a core to import them, a fork needs none. In the tests' own
`backend` folder the fork has the modules of `src`, too: to import them does nothing. Use it for
commands and services whose behaviour is tested. A test about the start of the interpreter itself
(its options, its bytecode, its command line) uses `subprocess`.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

BACKEND = Path(__file__).resolve().parents[2]
_starting = threading.Lock()


class Process:
    """A running command; its methods are those of `subprocess.Popen`."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str],
        stdout: IO[Any],
        stderr: IO[Any],
    ) -> None:
        self.args = (module, *arguments)
        self.returncode: int | None = None
        self._asking = threading.Lock()
        job = {"module": module, "arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        self._talk, theirs = socket.socketpair()
        with theirs, Path(os.devnull).open("rb") as nothing:  # questions get no answer
            descriptors = [end.fileno() for end in (theirs, nothing, stdout, stderr)]
            interpreter = _interpreter(*([str(BACKEND)] if _is_loaded(cwd, env) else []))
            socket.send_fds(interpreter, [json.dumps(job).encode()], descriptors)
        self.pid = int.from_bytes(self._talk.recv(8), "big")
        assert self.pid, "the interpreter that starts commands has ended"

    def poll(self) -> int | None:
        try:
            return self._ask(0)
        except BlockingIOError:
            return None

    def wait(self, timeout: float | None = None) -> int:
        try:
            return self._ask(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired(self.args, timeout or 0) from None

    def _ask(self, timeout: float | None) -> int:
        with self._asking:
            if self.returncode is None:
                self._talk.settimeout(timeout)
                answer = self._talk.recv(8)
                assert answer, "the interpreter that starts commands has ended"
                self.returncode = int.from_bytes(answer, "big", signed=True)
                self._talk.close()
            return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(
    module: str,
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    stdout: IO[Any],
    stderr: IO[Any],
) -> "Process | subprocess.Popen[bytes]":
    """A separate process, which reads the settings and imports `src` by itself."""
    if sys.platform == "linux":  # elsewhere a fork is not as safe
        return Process(module, *arguments, cwd=cwd, env=env, stdout=stdout, stderr=stderr)
    return subprocess.Popen(
        (sys.executable, "-m", module, *arguments),
        cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
    )  # fmt: skip


def run(
    module: str, *arguments: str, cwd: Path, env: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Like `subprocess.run` with captured output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start(module, *arguments, cwd=cwd, env=env, stdout=out, stderr=err)
        try:
            code = process.wait(timeout)
        except BaseException:
            process.kill()
            raise
        said = []
        for output in (out, err):
            output.seek(0)
            said.append(output.read().decode())
    return subprocess.CompletedProcess((module, *arguments), code, *said)


def _is_loaded(cwd: Path, env: Mapping[str, str]) -> bool:
    """Whether `src` is the code beside these tests, which one interpreter has loaded.

    To import it reads the environment in one place: prometheus_client asks whether it has workers.
    """
    return cwd == BACKEND and "PROMETHEUS_MULTIPROC_DIR" not in env


def _interpreter(*code: str) -> socket.socket:
    with _starting:
        return _started(*code)


@cache
def _started(*code: str) -> socket.socket:
    """It ends when no process holds the other end, at the latest with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = Path(__file__).with_name("warm_interpreter.py")
    with theirs:
        interpreter = subprocess.Popen(
            (sys.executable, "-P", program, str(theirs.fileno()), *code),
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
        )
    atexit.register(interpreter.wait)
    atexit.register(ours.close)
    return ours
