"""HTTP byte by byte: requests that no correct client would send, and the whole answer."""

import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

PATIENCE = 30.0
"""Seconds for an answer; only a server that never answers uses them up."""


@dataclass(frozen=True)
class Raw:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float = 0.0
    """From the last byte sent to the last received, if it was measured."""


@dataclass(frozen=True)
class Exchange:
    answers: tuple[Raw, ...]
    closed: bool
    """True when the server has closed the connection."""
    received: bytes

    @property
    def only(self) -> Raw:
        [answer] = self.answers
        return answer


def request(
    line: str = "GET /livez HTTP/1.1", *headers: str, body: bytes = b"", host: str | None = "x"
) -> bytes:
    """A request of exactly these lines; `Host` comes first if it is given."""
    lines = [line, *([f"Host: {host}"] if host is not None else []), *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def exchange(port: int, *parts: bytes, answers: int | None = 1, pause: float = 0) -> Exchange:
    """Send the parts, then read that many answers, or until the connection ends.

    The server may close while this is still sending: what it said until then is read.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        received, closed = b"", False
        while answers is None or len(parsed(received)) < answers:
            try:
                some = connection.recv(65536)
            except ConnectionError:
                some = b""
            if not some:
                closed = True
                break
            received += some
    return Exchange(tuple(parsed(received)), closed, received)


def ask(connection: socket.socket, sent: bytes) -> Raw:
    """Send one request on a connection that stays open, and return its answer."""
    connection.settimeout(PATIENCE)
    connection.sendall(sent)
    received = b""
    while not (answers := parsed(received)):
        some = connection.recv(65536)
        assert some, "the server has closed the connection"
        received += some
    return answers[0]


def hang_up(port: int, sent: bytes) -> None:
    """Send, and reset the connection at once, without reading anything."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(sent)


def drip(port: int, begin: bytes, drops: Iterable[bytes], pause: float) -> Exchange:
    """Send slowly, byte by byte, until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(begin)
        received = b""
        connection.settimeout(pause)
        with suppress(ConnectionError):
            for drop in drops:
                connection.sendall(drop)
                with suppress(TimeoutError):
                    some = connection.recv(65536)
                    if not some:
                        break
                    received += some
        return Exchange(tuple(parsed(received)), closed=True, received=received)


def parsed(received: bytes) -> list[Raw]:
    """The complete answers; interim ones (1xx) are left out."""
    answers = []
    while b"\r\n\r\n" in received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for header in lines:
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        status = int(line.split()[1])
        if headers.get("transfer-encoding") == "chunked":
            body, mark, rest = rest.partition(b"0\r\n\r\n")
            if not mark:
                break
        else:
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                break
            body, rest = rest[:length], rest[length:]
        received = rest
        if status >= 200:
            answers.append(Raw(status, headers, body))
    return answers
