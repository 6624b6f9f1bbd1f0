"""Which of several servers neither accept nor refuse a connection: switched off, or cut off.

libpq waits for such a server as long as it may, and never tries the next one.
"""

import errno
import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from src.database.urls.hosts import is_address

CONNECT_WITHIN = 0.3
"""Seconds to wait for the answers of all of them."""


def silent_of(targets: Sequence[tuple[str, int]], within: float) -> set[tuple[str, int]]:
    """The addresses that neither accept nor refuse a connection in time."""
    until = time.monotonic() + within
    with ExitStack() as stack, selectors.DefaultSelector() as waiting:
        for address, port in targets:
            if not is_address(address):
                continue
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with suppress(OSError):  # a family that this machine does not have
                attempt = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
                attempt.setblocking(False)
                if attempt.connect_ex((address, port)) == errno.EINPROGRESS:
                    waiting.register(attempt, selectors.EVENT_WRITE, (address, port))
        while waiting.get_map() and (left := until - time.monotonic()) > 0:
            for key, _ in waiting.select(left):
                waiting.unregister(key.fileobj)
        return {key.data for key in waiting.get_map().values()}
