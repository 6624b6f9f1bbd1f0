"""From DATABASE_URL to the app's endpoint and the direct one. Values in, values out."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from sqlalchemy import URL

from src.database.urls import neon
from src.database.urls.hosts import Host, hosts_of, is_address, widened, with_hosts
from src.database.urls.parameters import (
    SHOWABLE,
    InvalidDatabaseUrl,
    refuse_names,
    refuse_values,
    showable_options,
)
from src.database.urls.text import Parts, hosts_in, is_port, split

__all__ = [
    "DRIVER",
    "Endpoints",
    "InvalidDatabaseUrl",
    "parse",
    "pooled_by_name",
    "redacted",
    "resolve",
]

DRIVER = "postgresql+psycopg2"
ODD = re.compile(r"[:/;,|&=#?\x00-\x1f\x7f]")
ODD_HOST = re.compile(r"[^\w.-]")
SUPABASE_POOLER = re.compile(r"\.pooler\.supabase\.com$", re.IGNORECASE)
SUPABASE_TRANSACTION_PORT = 6543


@dataclass(frozen=True)
class Endpoints:
    """The two endpoints of one database, and the setting that each came from."""

    app: URL
    direct: URL
    app_from: str
    direct_from: str


def parse(text: str) -> URL:
    """A SQLAlchemy URL for psycopg2; raise `InvalidDatabaseUrl` with what to change.

    User, host and so on end up in the URL's own parts, even if the text gave them in its query.
    """
    parts = split(text.strip().strip("\"'"))
    refuse_names(parts.query)
    query = dict(parts.query)
    hosts = _hosts(parts, query)
    user = _one("user", parts.user, query.pop("user", None))
    password = _one("password", parts.password, query.pop("password", None))
    database = _one("dbname", parts.database, query.pop("dbname", None))
    for value in (user, password, database, *query.values(), *(host.name for host in hosts)):
        if "\0" in (value or ""):
            raise InvalidDatabaseUrl("has a zero byte (%00), which PostgreSQL does not accept")
    if not database:
        raise InvalidDatabaseUrl("names no database: add /name after the host")
    _refuse_odd_names(user or "", database, hosts)
    refuse_values(query)
    return with_hosts(URL.create(DRIVER, user, password, None, None, database, query), hosts)


def _refuse_odd_names(user: str, database: str, hosts: tuple[Host, ...]) -> None:
    """Refuse marks that show that a part of the password got into a part that we show."""
    odd = {"user": ODD.search(user), "database": ODD.search(database)}
    for host in hosts:
        if host.name and not (host.name.startswith(("/", "@")) or is_address(host.name)):
            odd["host"] = odd.get("host") or ODD_HOST.search(host.name)
    for part, found in odd.items():
        if found:
            raise InvalidDatabaseUrl(
                f"has a separator in the name of its {part}: "
                "write ':' before the password, '@' after it and '?' before the parameters"
            )


def _one(name: str, before: str | None, in_query: str | None) -> str | None:
    """The value from before the query or from the query; both must be equal if both exist."""
    if before and in_query and before != in_query:
        raise _two(name)
    return before or in_query


def _two(name: str) -> InvalidDatabaseUrl:
    return InvalidDatabaseUrl(
        f"carries {name!r} in its query, and a different one before it: remove one of them"
    )


def _hosts(parts: Parts, query: dict[str, str]) -> tuple[Host, ...]:
    """The hosts with ports and addresses, from before the query and from the query."""
    hosts = parts.hosts
    given = [value for name, value in parts.query if name == "host"]
    query.pop("host", None)
    if given:
        hosts = _same_or_new(hosts, _hosts_of_query(given))
    ports = query.pop("port", "").split(",")
    if not all(map(is_port, ports)):
        raise InvalidDatabaseUrl("carries 'port' with a value that is not a port from 1 to 65535")
    addresses = query.pop("hostaddr", "").split(",")
    if not all(address == "" or is_address(address) for address in addresses):
        raise InvalidDatabaseUrl("carries 'hostaddr' with a value that is not an IP address")
    if addresses != [""] and len(hosts) == 1 and not hosts[0].name:
        hosts *= len(addresses)
    if len(ports) not in (1, len(hosts)) or (addresses != [""] and len(addresses) != len(hosts)):
        raise InvalidDatabaseUrl("does not give as many ports or addresses as hosts")
    return tuple(
        replace(host, port=_port(host, port), address=address)
        for host, port, address in zip(
            hosts, widened(ports, len(hosts)), widened(addresses, len(hosts)), strict=True
        )
    )


def _hosts_of_query(given: list[str]) -> tuple[Host, ...]:
    """As in libpq's `host=one,two`, or SQLAlchemy's `host=one:1&host=two:2`."""
    if len(given) == 1:
        return tuple(Host(name) for name in given[0].split(","))
    found = hosts_in(",".join(quote(name, safe=":[]") for name in given))
    if found is None:
        raise InvalidDatabaseUrl("carries 'host' with a value that is not a host and port")
    return found


def _same_or_new(before: tuple[Host, ...], in_query: tuple[Host, ...]) -> tuple[Host, ...]:
    if [host.name for host in before] == [host.name for host in in_query]:
        return before
    if any(host.name for host in before):
        raise _two("host")
    if len(before) == 1 and before[0].port:
        return tuple(replace(host, port=host.port or before[0].port) for host in in_query)
    return in_query


def _port(host: Host, port: str) -> int | None:
    if host.port and port and host.port != int(port):
        raise _two("port")
    return int(port) if port else host.port


def resolve(database_url: str, unpooled_url: str | None) -> Endpoints:
    app = parse(database_url)
    if unpooled_url:
        return Endpoints(app, parse(unpooled_url), "DATABASE_URL", "DATABASE_URL_UNPOOLED")
    if derived := neon.direct(app):
        return Endpoints(app, derived, "DATABASE_URL", "DATABASE_URL without -pooler")
    return Endpoints(app, app, "DATABASE_URL", "DATABASE_URL")


def pooled_by_name(url: URL) -> str | None:
    """What shows that this address is a transaction pooler's; None if nothing shows it."""
    if neon.is_pooled(url):
        return "a host or endpoint whose first label ends in -pooler is Neon's PgBouncer"
    for host in hosts_of(url):
        if SUPABASE_POOLER.search(host.name) and host.port == SUPABASE_TRANSACTION_PORT:
            return "port 6543 of pooler.supabase.com is Supabase's transaction pooler"
    return None


def redacted(url: URL) -> str:
    """The address for people and for psql: everything that decides the target, and no secret."""
    hosts = hosts_of(url)
    user = quote(url.username, safe="") + "@" if url.username else ""
    query = {name: value for name, value in url.query.items() if name in SHOWABLE}
    if len(hosts) == 1 and hosts[0].name.startswith(("/", "@")):
        places = f":{hosts[0].port}" if hosts[0].port else ""
    else:
        places = ",".join(host.in_url() for host in hosts)
        query.pop("host", None)
    query.pop("port", None)
    shown = "&".join(
        f"{name}={quote(value, safe='')}"
        for name in sorted(query)
        if (value := _shown(name, query[name]))
    )
    database = f"/{quote(url.database, safe='')}" if url.database else ""
    return f"postgresql://{user}{places}{database}" + (f"?{shown}" if shown else "")


def _shown(name: str, value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else ",".join(value)
    return showable_options(text) if name == "options" else text
