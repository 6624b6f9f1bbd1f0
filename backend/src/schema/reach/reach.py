"""At which step a connection to a database fails: name, port, TLS, password, database, or later.

Client and server give one line of text without a code, so that line is read. If it does not say
enough (the server may use any language), the steps are tried one by one.
"""

import re
import socket
from dataclasses import dataclass
from typing import Any

from psycopg2 import errorcodes
from sqlalchemy.exc import SQLAlchemyError

from src.database.connecting import look_up, single_use_engine
from src.database.deadline import deadline
from src.database.faults import NoServer, one_line, state_of
from src.database.origin import Endpoint
from src.database.urls.client_defaults import filled_in
from src.database.urls.hosts import DEFAULT_PORT, Host, hosts_of
from src.database.urls.parameters import refused_by_client
from src.schema.reach.signs import (
    BUNDLED,
    NO_ADDRESS,
    NO_ROUTE,
    NO_SOCKET,
    REFUSED,
    REFUSED_BY_CLIENT,
    REFUSED_BY_SERVER,
    SIGNS,
    SILENT,
    ReachStep,
    Sign,
)

__all__ = ["ReachStep", "Unreachable", "diagnose", "explain"]

STEP_WITHIN = 2.0
"""Seconds for one step, when the steps are tried one by one."""


@dataclass(frozen=True)
class Unreachable:
    """Why a database cannot be used. Shows no secret."""

    step: ReachStep
    summary: str
    """What failed, in plain words; begins in lower case, to follow "cannot be used: "."""
    command: str
    """The one command or edit that fixes it."""
    cause: str
    """What the server or the client library said, on one line."""


def diagnose(endpoint: Endpoint, *, within: float = STEP_WITHIN) -> Unreachable | None:
    """Try to connect; None if that works, otherwise why not."""
    try:
        with deadline(within), single_use_engine(endpoint.url).connect():
            return None
    except SQLAlchemyError as error:
        return explain(endpoint, error, within=within)


def explain(endpoint: Endpoint, error: Exception, *, within: float = STEP_WITHIN) -> Unreachable:
    """What a failed connection, or one that was lost, means."""
    if isinstance(error, NoServer):
        return _filled(BUNDLED, endpoint, str(error))
    cause = one_line(error)
    if state_of(error) == errorcodes.QUERY_CANCELED:
        return _filled(SILENT, endpoint, cause)
    sign = next((sign for sign in SIGNS if re.search(sign.pattern, cause)), None)
    return _filled(sign or _walked(endpoint, cause, within), endpoint, cause)


def _walked(endpoint: Endpoint, cause: str, within: float) -> Sign:
    """Try the steps one by one, if the text says nothing."""
    query = {name: str(value) for name, value in endpoint.url.query.items()}
    if refused_by_client(query):
        return REFUSED_BY_CLIENT
    outcomes = [_try_host(host, within) for host in hosts_of(filled_in(endpoint.url))]
    if None in outcomes:
        return _past_the_port(endpoint, cause)
    return next(sign for sign in (NO_SOCKET, REFUSED, NO_ROUTE, NO_ADDRESS) if sign in outcomes)


def _try_host(host: Host, within: float) -> Sign | None:
    """What stops a connection to one server's port or socket; None if nothing does."""
    if host.is_socket:
        return _try_socket(host.socket_file, within)
    port = host.port or DEFAULT_PORT
    addresses = look_up(host.address or host.name, port, within)
    outcomes = [_try_port(family, address, within) for family, address in addresses]
    if not outcomes:
        return NO_ADDRESS
    if None in outcomes:
        return None
    return REFUSED if REFUSED in outcomes else NO_ROUTE


def _past_the_port(endpoint: Endpoint, cause: str) -> Sign:
    """A refusal in a language that is unknown here still names the database, or the user."""
    by_step = {sign.step: sign for sign in reversed(SIGNS)}
    if f'"{endpoint.url.username}"' in cause:
        return by_step[ReachStep.PASSWORD]
    if f'"{endpoint.url.database}"' in cause:
        return by_step[ReachStep.DATABASE]
    return REFUSED_BY_SERVER if re.search(r"(^|failed: )\w+: ", cause) else SILENT


def _try_port(family: socket.AddressFamily, address: tuple[Any, ...], within: float) -> Sign | None:
    """What stops a connection to the port; None if it is open."""
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(within)
        try:
            attempt.connect(address)
        except ConnectionRefusedError:
            return REFUSED
        except OSError:
            return NO_ROUTE
    return None


def _try_socket(path: str, within: float) -> Sign | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(within)
        try:
            attempt.connect(path)
        except OSError:
            return NO_SOCKET
    return None


def _filled(sign: Sign, endpoint: Endpoint, cause: str) -> Unreachable:
    url = filled_in(endpoint.url)
    words = {
        "host": endpoint.host,
        "name": ", ".join(host.name or host.address for host in hosts_of(url)),
        "place": endpoint.place,
        "user": url.username or "",
        "database": url.database or "",
        "sslmode": url.query.get("sslmode", "prefer"),
        "maintenance": Endpoint(url.set(database="postgres")).address,
        "cause": cause,
    }
    return Unreachable(sign.step, sign.summary.format(**words), sign.command.format(**words), cause)
