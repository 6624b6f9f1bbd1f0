"""How a connection is begun: names looked up in bounded time, and engines for a single look.

libpq looks names up in the calling thread and knows no time limit for it, so a silent name server
would hold a request far beyond its deadline. Here a thread asks, and the addresses are handed on.
"""

import ipaddress
import socket
import threading
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from src.database.deadline import time_left

LOOK_UP_WITHIN = 2.0
"""Seconds, where no deadline is nearer."""
DEFAULT_PORT = 5432
OUR_ENCODING = {"client_encoding": "utf8"}
"""For every connection. The server's own would be that of the database, such as SQL_ASCII."""

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def single_use_engine(url: URL) -> Engine:
    """An engine that keeps no connection, hides parameters, and looks names up in bounded time."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=OUR_ENCODING)

    @event.listens_for(engine, "do_connect")
    def resolve(_dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
        resolve_name(given)

    return engine


def resolve_name(parameters: dict[str, Any]) -> None:
    """Add `hostaddr` for a host that is a single name; raise `OperationalError` if nobody knows it.

    TLS still checks the certificate against `host`.
    """
    host = parameters.get("host", "")
    if not host or "hostaddr" in parameters or "," in host or _is_place(host):
        return
    found = look_up(host, int(parameters.get("port") or DEFAULT_PORT), time_left(LOOK_UP_WITHIN))
    if not found:
        raise psycopg2.OperationalError(f'could not translate host name "{host}" to address')
    addresses = list(dict.fromkeys(str(address[0]) for _, address in found))
    parameters["hostaddr"] = ",".join(addresses)
    parameters["host"] = ",".join([host] * len(addresses))


def _is_place(host: str) -> bool:
    """An address or the folder of a socket: nothing to look up."""
    if host.startswith(("/", "@")):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def look_up(host: str, port: int, within: float) -> list[Address]:
    """The addresses of `host`; none where there are none, or the name service does not answer."""
    found: list[Address] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((answer[0], answer[4]) for answer in answers)

    # The system's resolver knows no timeout; a thread that hangs in it ends by itself.
    asking = threading.Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(within)
    return list(found)
