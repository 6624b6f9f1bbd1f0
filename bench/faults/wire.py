"""A connection to the database that can lead elsewhere, or be cut just when COMMIT is sent."""

import socket
import threading
from contextlib import suppress

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""As the driver sends it."""


EVERY, ANSWER, ITSELF = 5, 1, 3
"""Some pass, so that requests with several transactions come to their last one."""


class Wire:
    """A port of loopback that leads to the port `target`, which may change."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.cuts_commits = False
        self._commits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as far:
            lost = threading.Event()
            """Set when an answer must not arrive."""
            back = threading.Thread(target=_pump, args=(far, near, lost), daemon=True)
            back.start()
            with suppress(OSError):
                while some := near.recv(65536):
                    if self.cuts_commits and COMMIT in some and self._cut(far, some, lost):
                        break
                    far.sendall(some)
            _end(far)
            back.join()
            _end(near)

    def _cut(self, far: socket.socket, some: bytes, lost: threading.Event) -> bool:
        """Of five COMMITs, lose the answer to the first, and the third itself. True if lost."""
        self._commits += 1
        turn = self._commits % EVERY
        if turn == ANSWER:
            lost.set()
            far.sendall(some)
        return turn in {ANSWER, ITSELF}


def _pump(source: socket.socket, target: socket.socket, lost: threading.Event) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            if lost.is_set():
                break
            target.sendall(some)
    _end(target)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
