"""Ports for a test's own servers."""

import secrets
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager

BELOW_EPHEMERAL = range(10_000, 32_000)
"""Outgoing connections never get one of these, so a free one stays free until it is used."""


_promised: deque[socket.socket] = deque()
"""A UDP socket on each port that was given out: so no other test process gives it out again."""
LATELY = 32


def free_port() -> int:
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        promise = socket.socket(type=socket.SOCK_DGRAM)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                promise.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                promise.close()
                continue
        _promised.append(promise)
        if len(_promised) > LATELY:
            _promised.popleft().close()
        return port


@contextmanager
def full_house() -> Iterator[int]:
    """A port with a full queue: as behind a firewall, a new connection gets no answer."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()
