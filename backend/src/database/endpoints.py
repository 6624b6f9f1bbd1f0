"""From DATABASE_URL to the app's endpoint and the direct one. Pure: values in, values out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg2"
SCHEMES = frozenset({"postgres", "postgresql", DRIVER})
NEON_POOLER = re.compile(
    r"^(?P<label>[^.]+)-pooler(?P<rest>\.(?:[^.]+\.)*neon\.tech)$", re.IGNORECASE
)
SUPABASE_POOLER = re.compile(r"\.pooler\.supabase\.com$", re.IGNORECASE)
SUPABASE_TRANSACTION_PORT = 6543

# What may be shown of a URL's query: never `password`, `sslpassword` or anything not known.
SHOWABLE = frozenset(
    {"sslmode", "channel_binding", "host", "port", "options", "target_session_attrs", "sslrootcert"}
)


class InvalidDatabaseUrl(ValueError):  # noqa: N818  it names the fact
    """A URL that names no PostgreSQL database. The message holds no part of the password."""


@dataclass(frozen=True)
class Endpoints:
    """The two doors to one database, and which setting each came from."""

    app: URL
    direct: URL
    app_from: str
    direct_from: str


def parse(text: str) -> URL:
    """A SQLAlchemy URL for psycopg2; raise `InvalidDatabaseUrl` with what to change."""
    try:
        url = make_url(text.strip().strip("\"'"))
    except (ArgumentError, ValueError):
        raise InvalidDatabaseUrl(
            "is not of the form postgresql://user:password@host:5432/database"
        ) from None
    if url.drivername not in SCHEMES:
        raise InvalidDatabaseUrl("must begin with postgresql:// or postgres://")
    if text.count("@") > 1:  # where the password ends is then anybody's guess
        raise InvalidDatabaseUrl(
            "has an unescaped '@' in its password: write '@' as %40 (and '%' as %25, '/' as %2F)"
        )
    host = (url.host or "").replace("%2F", "/").replace("%2f", "/")
    if host.startswith("/"):  # libpq's own spelling of a Unix socket's folder
        url = url.set(host="").update_query_dict({"host": host})
    if not url.database:
        raise InvalidDatabaseUrl("names no database: add /name after the host")
    _refuse_unknown_parameters(url.query)
    return url.set(drivername=DRIVER)


def _refuse_unknown_parameters(names: Iterable[str]) -> None:
    """Ask libpq itself, which names a parameter that it does not know."""
    for name in names:
        try:
            parse_dsn(make_dsn("", **{name: "1"}))
        except psycopg2.ProgrammingError:
            raise InvalidDatabaseUrl(
                f"carries the parameter {name!r}, which PostgreSQL's own client does not know "
                "(other libraries' URLs have such): remove it"
            ) from None


def derive_direct(url: URL) -> URL | None:
    """Neon's direct endpoint for a pooled one: the host's first label without `-pooler`."""
    match = NEON_POOLER.match(url.host or "")
    return url.set(host=match["label"] + match["rest"]) if match else None


def resolve(database_url: str, unpooled_url: str | None) -> Endpoints:
    app = parse(database_url)
    if unpooled_url:
        return Endpoints(app, parse(unpooled_url), "DATABASE_URL", "DATABASE_URL_UNPOOLED")
    if derived := derive_direct(app):
        return Endpoints(app, derived, "DATABASE_URL", "DATABASE_URL without -pooler")
    return Endpoints(app, app, "DATABASE_URL", "DATABASE_URL")


def pooled_by_name(url: URL) -> str | None:
    """Why this address is known to be a transaction pooler's, or None if nothing shows it."""
    if NEON_POOLER.match(url.host or ""):
        return "a host whose first label ends in -pooler is Neon's PgBouncer"
    if SUPABASE_POOLER.search(url.host or "") and url.port == SUPABASE_TRANSACTION_PORT:
        return "port 6543 of pooler.supabase.com is Supabase's transaction pooler"
    return None


def redacted(url: URL) -> str:
    """The address for people: user, host, port, database and harmless parameters, no secret."""
    query = {name: value for name, value in url.query.items() if name in SHOWABLE}
    # `set(password=None)` would keep it; without one, psql asks when the address is pasted.
    return url.set(drivername="postgresql", query=query)._replace(password=None).render_as_string()
