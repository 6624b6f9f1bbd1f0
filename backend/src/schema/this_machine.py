"""Proves that a database's server runs on this machine, so that no other user of it is affected.

An address proves nothing: a port on the loopback interface may be a tunnel, a container's port or a
proxy, which leads to the production database.
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
"""Connections that must all pass. A tunnel may by chance use the same port for one of them."""
SERVER_NAMES = frozenset({"postgres", "postmaster"})
PEER = struct.Struct("3i")
"""The process, user and group that listen on a Unix socket."""
CLIENT = text("SELECT host(inet_client_addr()), inet_client_port()")


@contextmanager
def writing_here(endpoint: Endpoint) -> Iterator[Connection | None]:
    """A transaction on the database if its server provably runs here; otherwise None."""
    with ExitStack() as opened:
        connections = [opened.enter_context(writing_to(endpoint)) for _ in range(AT_ONCE)]
        here = endpoint.source == DEFAULT or all(map(is_here, connections))
        yield connections[0] if here else None


def is_here(connection: Connection) -> bool:
    """Whether the server is on this machine, with nothing in between."""
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101  it is open
    with socket.socket(fileno=os.dup(driver.fileno())) as own:
        if own.family == socket.AF_UNIX:
            return _is_a_server(_listening_process(own))
        if not ip_address(own.getpeername()[0]).is_loopback:
            return False
        return tuple(own.getsockname()[:2]) == tuple(connection.execute(CLIENT).one())


def _listening_process(own: socket.socket) -> int:
    """Its process id; 0 if it runs in another container, or the system does not show it."""
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
