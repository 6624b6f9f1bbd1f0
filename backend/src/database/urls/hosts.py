"""The servers that an address names, in libpq's order: libpq tries them until one accepts."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import URL

DEFAULT_PORT = 5432


@dataclass(frozen=True)
class Host:
    """A name, an address or the folder of a Unix socket; empty means libpq's default."""

    name: str
    port: int | None = None
    address: str = ""
    """`hostaddr`: the address that libpq connects to, if it is given."""

    @property
    def is_socket(self) -> bool:
        return not self.address and self.name.startswith(("/", "@"))

    @property
    def socket_file(self) -> str:
        return f"{self.name}/.s.PGSQL.{self.port or DEFAULT_PORT}"

    def __str__(self) -> str:
        """For people: host and port, or the folder of the socket."""
        if self.is_socket:
            return self.name
        place = (
            f"{_bracketed(self.address or self.name or 'localhost')}:{self.port or DEFAULT_PORT}"
        )
        return f"{place} ({self.name})" if self.address and self.name else place

    def in_url(self) -> str:
        """As libpq reads it in front of the path."""
        port = f":{self.port}" if self.port else ""
        return (_bracketed(self.name) if is_v6(self.name) else quote(self.name, safe="")) + port


def hosts_of(url: URL) -> tuple[Host, ...]:
    names = _list(url, "host", url.host)
    ports = _list(url, "port", url.port)
    addresses = _list(url, "hostaddr", None)
    count = max(len(names), len(addresses))
    wide = (widened(values, count) for values in (names, ports, addresses))
    return tuple(
        Host(name, int(port) if port.isdecimal() else None, address)
        for name, port, address in zip(*wide, strict=True)
    )


def with_hosts(url: URL, hosts: Sequence[Host]) -> URL:
    """The same database on these hosts, in a form that SQLAlchemy passes unchanged to libpq."""
    query = {name: value for name, value in url.query.items() if name not in _NAMES}
    if any(host.address for host in hosts):
        query["hostaddr"] = ",".join(host.address for host in hosts)
    if len(hosts) > 1:
        query["host"] = ",".join(host.name for host in hosts)
        query["port"] = ",".join(str(host.port or DEFAULT_PORT) for host in hosts)
        return url._replace(host=None, port=None).set(query=query)
    (only,) = hosts
    if only.name.startswith(("/", "@")):
        query["host"] = only.name
        return url._replace(host="", port=only.port).set(query=query)
    return url._replace(host=only.name, port=only.port).set(query=query)


_NAMES = frozenset({"host", "port", "hostaddr"})


def _list(url: URL, name: str, otherwise: object) -> list[str]:
    value = url.query.get(name)
    text = value if isinstance(value, str) else ",".join(value or ())
    return (text or str(otherwise or "")).split(",")


def widened(values: list[str], count: int) -> list[str]:
    """One value for each host: a single value is repeated."""
    return values if len(values) == count else values[:1] * count


def _bracketed(name: str) -> str:
    return f"[{name}]" if is_v6(name) else name


def is_v6(name: str) -> bool:
    return ":" in name and is_address(name)


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
