"""libpq's defaults for a user or host that is not given: the system's user, the Unix socket."""

import os
import re
from functools import cache

import psycopg2
from sqlalchemy import URL

from src.database.urls.hosts import Host, hosts_of, with_hosts


def filled_in(url: URL) -> URL:
    """The address with libpq's defaults filled in, so that other programs use the same ones."""
    if not url.username and (user := system_user()):
        url = url.set(username=user)
    if [host for host in hosts_of(url) if not (host.name or host.address)]:
        hosts = (_placed(host) for host in hosts_of(url))
        url = with_hosts(url, tuple(hosts))
    return url


def _placed(host: Host) -> Host:
    return host if host.name or host.address else Host(socket_folder() or "localhost", host.port)


@cache
def system_user() -> str:
    """The name of the user that this process runs as; empty if the system has none."""
    try:
        import pwd  # Windows has none

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return ""


@cache
def socket_folder() -> str:
    """Where this libpq looks for a Unix socket, taken from its error text. Empty on Windows."""
    try:
        psycopg2.connect(port=1, user="u", dbname="d", password="p").close()  # noqa: S106
    except psycopg2.Error as error:
        found = re.search(r"(/[^\s\"«»]*)/\.s\.PGSQL\.1\b", str(error))
        return found[1] if found else ""
    return ""
