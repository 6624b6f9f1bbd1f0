"""A tunnel, as `ssh -L` or a container's port makes it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support import memory


@contextmanager
def forwarded(port: int) -> Iterator[int]:
    """Another port of loopback that leads to this one."""
    with socket.create_server(("127.0.0.1", 0)) as listener, _accepting(listener, port):
        yield listener.getsockname()[1]


@contextmanager
def forwarded_socket(port: int) -> Iterator[Path]:
    """A folder with a Unix socket of PostgreSQL's name that leads to this port."""
    with memory.folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / f".s.PGSQL.{port}"))
        listener.listen()
        with _accepting(listener, port):
            yield folder


@contextmanager
def _accepting(listener: socket.socket, port: int) -> Iterator[None]:
    """Ends when the listener is shut down."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=_carry, args=(near, port), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _carry(near: socket.socket, port: int) -> None:
    with near, socket.create_connection(("127.0.0.1", port)) as far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            target.sendall(some)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
