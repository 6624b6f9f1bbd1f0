"""How a connection begins: host names are looked up with a time limit; engines for a single use.

libpq looks names up in the calling thread, without a time limit, so a silent name server would hold
a request far beyond its deadline. Here a separate thread asks, and libpq gets the addresses.
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
from src.database.silent_hosts import CONNECT_WITHIN, silent_of
from src.database.urls.hosts import DEFAULT_PORT, is_address

LOOK_UP_WITHIN = 2.0
"""Seconds, if no deadline is earlier."""
OUR_ENCODING = {"client_encoding": "utf8"}
"""For every connection. The default would be the database's encoding, such as SQL_ASCII."""

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def single_use_engine(url: URL) -> Engine:
    """An engine without a pool. It hides parameters, and looks up names with a time limit."""
    deadline.install()
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=OUR_ENCODING)

    @event.listens_for(engine, "do_connect")
    def resolve(_dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
        resolve_name(given)

    return engine


def resolve_name(parameters: dict[str, Any]) -> None:
    """Add `hostaddr` for each host that is a name; raise `OperationalError` if none is known.

    TLS still checks the certificate against `host`. Of several hosts, an unknown name is left out,
    as libpq does, and a host that does not answer comes last, because libpq would wait for it.
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
    """Set host, port and address of each; for an empty address libpq looks it up itself."""
    parameters["host"] = ",".join(host for host, _, _ in places)
    if any(address for _, _, address in places):
        parameters["hostaddr"] = ",".join(address for _, _, address in places)
    if "," in str(parameters.get("port")):
        parameters["port"] = ",".join(port for _, port, _ in places)


def _is_place(host: str) -> bool:
    """True for an address, a socket's folder or an empty host: there is no name to look up."""
    return not host or host.startswith(("/", "@")) or is_address(host)


def _look_up_all(hosts: list[tuple[str, str]], within: float) -> list[tuple[str, str, str]]:
    """Every host with each of its addresses. A name that gets no answer does not delay others."""
    until = time.monotonic() + within
    asked = {host: _Question(host, int(port)) for host, port in hosts if not _is_place(host)}
    known = {
        host: dict.fromkeys(str(address[0]) for _, address in question.wait(until))
        for host, question in asked.items()
    }
    return [(host, port, address) for host, port in hosts for address in known.get(host, [""])]


def _put_silent_ones_last(parameters: dict[str, Any]) -> None:
    """Move servers that neither accept nor refuse (off, or behind a firewall) to the end."""
    names = str(parameters["host"]).split(",")
    addresses = str(parameters.get("hostaddr") or "," * (len(names) - 1)).split(",")
    ports = str(parameters.get("port") or DEFAULT_PORT).split(",")
    ports = ports if len(ports) == len(names) else ports * len(names)
    if not len(names) == len(addresses) == len(ports):
        return  # libpq will refuse these parameters
    places = list(zip(names, ports, addresses, strict=True))
    targets = [(address or host, int(port)) for host, port, address in places]
    silent = silent_of(targets, time_left(CONNECT_WITHIN))
    ordered = sorted(zip(places, targets, strict=True), key=lambda pair: pair[1] in silent)
    _set(parameters, [place for place, _ in ordered])


class _Question:
    """A question to the system's name service, which has no time limit: a thread waits for it."""

    def __init__(self, host: str, port: int) -> None:
        self._found: list[Address] = []
        # A thread that waits for the name service ends by itself at some time.
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
    """The addresses of `host`; empty if it has none, or the name service does not answer."""
    return _Question(host, port).wait(time.monotonic() + within)
