"""How a connection is begun: names looked up in bounded time, and engines for a single look.

libpq looks names up in the calling thread and knows no time limit for it, so a silent name server
would hold a request far beyond its deadline. Here a thread asks, and the addresses are handed on.
"""

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from src.database import deadline
from src.database.deadline import time_left
from src.database.silent_hosts import KNOCK_WITHIN, silent_of
from src.database.urls.hosts import DEFAULT_PORT, is_address

LOOK_UP_WITHIN = 2.0
"""Seconds, where no deadline is nearer."""
OUR_ENCODING = {"client_encoding": "utf8"}
"""For every connection. The server's own would be that of the database, such as SQL_ASCII."""

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def single_use_engine(url: URL) -> Engine:
    """An engine that keeps no connection, hides parameters, and looks names up in bounded time."""
    deadline.install()
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=OUR_ENCODING)

    @event.listens_for(engine, "do_connect")
    def resolve(_dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
        resolve_name(given)

    return engine


def resolve_name(parameters: dict[str, Any]) -> None:
    """Add `hostaddr` for each host that is a name; raise `OperationalError` if none is known.

    TLS still checks the certificate against `host`. Of several hosts, a name that nobody knows is
    left out, as libpq does it, and what does not answer comes last: libpq would wait for it.
    """
    names = str(parameters.get("host") or "").split(",")
    ports = str(parameters.get("port") or DEFAULT_PORT).split(",")
    several = len(names) > 1
    if not parameters.get("hostaddr") and not all(map(_is_place, names)):
        spread = ports if len(ports) == len(names) else ports * len(names)
        within = time_left(LOOK_UP_WITHIN) / (2 if several else 1)
        found = _look_up_all(list(zip(names, spread, strict=True)), within)
        if not found:
            unknown = '" or "'.join(names)
            raise psycopg2.OperationalError(f'could not translate host name "{unknown}" to address')
        _set(parameters, found)
    if several:
        _put_silent_ones_last(parameters)


def _set(parameters: dict[str, Any], places: Sequence[tuple[str, str, str]]) -> None:
    """Host, port and address of each; an empty address leaves it to libpq."""
    parameters["host"] = ",".join(host for host, _, _ in places)
    if any(address for _, _, address in places):
        parameters["hostaddr"] = ",".join(address for _, _, address in places)
    if "," in str(parameters.get("port")):
        parameters["port"] = ",".join(port for _, port, _ in places)


def _is_place(host: str) -> bool:
    """An address, the folder of a socket, or nothing: there is nothing to look up."""
    return not host or host.startswith(("/", "@")) or is_address(host)


def _look_up_all(hosts: list[tuple[str, str]], within: float) -> list[tuple[str, str, str]]:
    """Every host with each of its addresses; a name service that is silent for one delays none."""
    until = time.monotonic() + within
    asked = {host: _Question(host, int(port)) for host, port in hosts if not _is_place(host)}
    known = {
        host: dict.fromkeys(str(address[0]) for _, address in question.wait(until))
        for host, question in asked.items()
    }
    return [(host, port, address) for host, port in hosts for address in known.get(host, [""])]


def _put_silent_ones_last(parameters: dict[str, Any]) -> None:
    """Of several servers; a machine that is off, or behind a firewall, refuses nothing."""
    names = str(parameters["host"]).split(",")
    addresses = str(parameters.get("hostaddr") or "," * (len(names) - 1)).split(",")
    ports = str(parameters.get("port") or DEFAULT_PORT).split(",")
    ports = ports if len(ports) == len(names) else ports * len(names)
    if not len(names) == len(addresses) == len(ports):
        return  # libpq says so
    places = list(zip(names, ports, addresses, strict=True))
    doors = [(address or host, int(port)) for host, port, address in places]
    silent = silent_of(doors, time_left(KNOCK_WITHIN))
    ordered = sorted(zip(places, doors, strict=True), key=lambda pair: pair[1] in silent)
    _set(parameters, [place for place, _ in ordered])


class _Question:
    """A question to the system's name service, which knows no time limit; a thread waits for it."""

    def __init__(self, host: str, port: int) -> None:
        self._found: list[Address] = []
        # A thread that hangs in the resolver ends by itself.
        self._thread = threading.Thread(
            target=self._run, args=(host, port), name="look-up", daemon=True
        )
        self._thread.start()

    def _run(self, host: str, port: int) -> None:
        with suppress(OSError, UnicodeError):
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self._found.extend((answer[0], answer[4]) for answer in answers)

    def wait(self, until: float) -> list[Address]:
        self._thread.join(max(0.0, until - time.monotonic()))
        return list(self._found)


def look_up(host: str, port: int, within: float) -> list[Address]:
    """The addresses of `host`; none where there are none, or the name service does not answer."""
    return _Question(host, port).wait(time.monotonic() + within)
