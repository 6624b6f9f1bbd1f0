"""The app behind a real server in this process, so that a test may move its clock."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from src.web.server import Options
from tests.support.http_client import make_client

DEFAULTS = Options()


@dataclass(frozen=True)
class Running:
    """A server and the port that it listens on."""

    uvicorn: uvicorn.Server
    port: int

    @property
    def is_at_rest(self) -> bool:
        """True when it holds no connection and works on no request."""
        return not (self.uvicorn.server_state.connections or self.uvicorn.server_state.tasks)


PATIENCE = 60.0
"""Seconds: so long that a busy machine fails no test. Tests about waiting set their own."""


@contextmanager
def running(
    app: FastAPI,
    port: int = 0,
    options: Options = DEFAULTS,
    *,
    plain: bool = False,
    hash_wait: float = PATIENCE,
) -> Iterator[Running]:
    """The app as `postern serve` runs it, or as `plain` uvicorn does, with a real start and end."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_config=None) if plain else options.config(app)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started, "the app did not start"
    if runtime := getattr(app.state, "runtime", None):  # the examples have none
        runtime.gate.wait = hash_wait
        runtime.upkeep.stop()  # it would change rows while a test looks at them
    try:
        yield Running(server, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@contextmanager
def serving(app: FastAPI, port: int = 0, hash_wait: float = PATIENCE) -> Iterator[httpx.Client]:
    """A client of the running app."""
    with running(app, port, hash_wait=hash_wait) as server, make_client(server.port) as client:
        yield client
