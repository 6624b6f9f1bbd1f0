"""Proof that a database's server runs on this machine, so that what is done to it hits nobody else.

An address proves nothing: behind a port on the loopback interface there may be a tunnel, a
container's port or a proxy, and at its other end the production database.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address

import psutil
from sqlalchemy import Connection, text

from src.database.origin import DEFAULT, Endpoint
from src.schema.copies import writing_to

AT_ONCE = 3
"""Connections that must all be seen. A tunnel may by chance have given one of them its own port."""
SERVER_NAMES = frozenset({"postgres", "postmaster"})
PEER = struct.Struct("3i")
"""Of a Unix socket: process, user and group that listen there."""
CLIENT = text("SELECT host(inet_client_addr()), inet_client_port()")


@contextmanager
def writing_here(endpoint: Endpoint) -> Iterator[Connection | None]:
    """A transaction on the database, if it is proven that its server runs here; else None."""
    with ExitStack() as opened:
        connections = [opened.enter_context(writing_to(endpoint)) for _ in range(AT_ONCE)]
        here = endpoint.source == DEFAULT or all(map(is_here, connections))
        yield connections[0] if here else None


def is_here(connection: Connection) -> bool:
    """Whether the server at the other end, and nobody between, is on this machine."""
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101  it is open
    with socket.socket(fileno=os.dup(driver.fileno())) as own:
        if own.family == socket.AF_UNIX:
            return _is_a_server(_listening_process(own))
        if not ip_address(own.getpeername()[0]).is_loopback:
            return False
        return tuple(own.getsockname()[:2]) == tuple(connection.execute(CLIENT).one())


def _listening_process(own: socket.socket) -> int:
    """Its number; 0 where it lives in another container, or the system does not say."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return 0
    process: int = PEER.unpack(own.getsockopt(socket.SOL_SOCKET, option, PEER.size))[0]
    return process


def _is_a_server(pid: int) -> bool:
    try:
        return pid > 0 and psutil.Process(pid).name() in SERVER_NAMES
    except psutil.Error:
        return False
