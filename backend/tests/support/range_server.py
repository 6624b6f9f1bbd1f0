"""A server of the range protocol for breached passwords, which can also misbehave."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from src.passwords.breached.ranges import PREFIX, digest_of
from tests.support.ports import free_port

Act = Callable[[BaseHTTPRequestHandler], None]
OTHERS = ["0" * 35 + ":3", "F" * 35 + ":1"]


@dataclass
class RangeServer:
    url: str
    lines: list[str] = field(default_factory=list)
    """What each range answers. Set `act` for other answers."""
    act: Act | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request."""
    released: threading.Event = field(default_factory=threading.Event)
    """Ends each `hold`."""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        names = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((handler.path, names))
        (self.act or self.act_normally)(handler)

    def act_normally(self, handler: BaseHTTPRequestHandler) -> None:
        send("\r\n".join([OTHERS[0], *self.lines, OTHERS[1]]).encode())(handler)

    def hold(self, _: BaseHTTPRequestHandler) -> None:
        """Answer nothing until the test is over."""
        self.released.wait()


def send(content: bytes, status: int = 200, **headers: str) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return act


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection in the middle of a body."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(OTHERS[0].encode())


def line_of(password: str, count: int = 7) -> str:
    return f"{digest_of(password)[PREFIX:]}:{count}"


@contextmanager
def range_server() -> Iterator[RangeServer]:
    port = free_port()
    server = RangeServer(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                server.answer(self)
            except OSError:  # the client has gone
                self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            listening.shutdown()
            thread.join()
