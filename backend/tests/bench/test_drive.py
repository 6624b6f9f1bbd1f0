"""The load generator of `make bench` counts what a server never answers."""

import json
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from src.settings import BACKEND

DRIVE = BACKEND.parent / "bench" / "load" / "drive.mjs"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def answering(*, with_a_reset: bool, last: bytes) -> Iterator[int]:
    """The port of a server that answers two requests of a connection, and the third with `last`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    for answer in (GOOD, GOOD, last):
                        if not connection.recv(65536):
                            break
                        connection.sendall(answer)
                    if with_a_reset:
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            serving.join()


def driven(port: int, amount: int) -> Any:
    stream = {"requests": [{"method": "GET", "path": "/"}], "seconds": 0, "connections": 1}
    plan = {"base": f"http://127.0.0.1:{port}", "streams": [stream | {"amount": amount}]}
    done = subprocess.run(
        ("node", str(DRIVE)), input=json.dumps(plan), capture_output=True, text=True, check=True
    )
    [log] = json.loads(done.stdout)["streams"]
    return log


@pytest.mark.parametrize("with_a_reset", [False, True])
@pytest.mark.parametrize("last", [b"", GOOD[:-1]], ids=["no answer", "half an answer"])
def test_a_connection_that_is_dropped_is_an_error(with_a_reset: bool, last: bytes) -> None:
    with answering(with_a_reset=with_a_reset, last=last) as port:
        log = driven(port, 9)

    assert log["statuses"] == [200] * 6
    assert log["errors"] == 3
    assert len(log["retry_after"]) == 6


def test_the_code_of_a_problem_is_noted() -> None:
    body = b'{"type":"about:blank","code":"overloaded"}'
    refusal = b"HTTP/1.1 503 Unavailable\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    with answering(with_a_reset=False, last=refusal) as port:
        log = driven(port, 3)

    assert log["statuses"] == [200, 200, 503]
    assert log["codes"] == [None, None, "overloaded"]
