"""Ports for servers of a test's own."""

import secrets
import socket

BELOW_EPHEMERAL = range(10_000, 32_000)
"""No outgoing connection is given one of these, so a free one stays free until it is used."""


def free_port() -> int:
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
