"""The parameters of an address: which ones libpq knows, which values it takes, what may be shown.

To find what libpq refuses before it connects, this asks libpq itself, without a network.
"""

import re
from collections.abc import Mapping
from typing import Any

import psycopg2
from psycopg2.extensions import encodings, parse_dsn


class InvalidDatabaseUrl(ValueError):  # noqa: N818  it names the fact
    """A URL that cannot be used. The message holds no part of the password."""


SECRET = frozenset({"password", "sslpassword"})
LITERAL = SECRET | {"user", "dbname"}
"""In these a "+" is a "+", as libpq reads it."""
FREE_TEXT = LITERAL | {
    *("application_name", "fallback_application_name", "options", "host"),
    *("sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"),
}
"""Their values may contain an "@"."""
SHOWABLE = frozenset(
    {
        *("sslmode", "sslnegotiation", "sslrootcert", "sslsni", "gssencmode", "channel_binding"),
        *("host", "port", "hostaddr", "target_session_attrs", "load_balance_hosts", "options"),
        *("connect_timeout", "require_auth"),
    }
)
"""Parameters that decide where and how to connect. Secrets and unknown ones are never shown."""
SHOWABLE_OPTION = re.compile(
    r"(?<!\S)(?:(?:-c\s*|--)(?:search[_-]path|role|default_transaction_read_only"
    r"|default_transaction_isolation|statement_timeout|lock_timeout)=(?:\\.|[^\s\\])*"
    r"|(?:endpoint|project)=[\w-]+)",
    re.IGNORECASE,
)
"""Parts of `options` to show. Others may be secrets of an application, as `app.jwt_secret`."""
ELSEWHERE = frozenset({"service", "servicefile", "passfile"})
NUMBERS = frozenset(
    {
        *("connect_timeout", "tcp_user_timeout"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    }
)
SWITCHES = frozenset({"sslsni", "sslcompression"})
ALLOWED = {
    "sslmode": "disable, allow, prefer, require, verify-ca or verify-full",
    "channel_binding": "disable, prefer or require",
    "target_session_attrs": "any, read-write, read-only, primary, standby or prefer-standby",
    "gssencmode": "disable, prefer or require",
    "sslnegotiation": "postgres or direct",
    "sslcertmode": "disable, allow or require",
    "load_balance_hosts": "disable or random",
    "require_auth": "a list of password, md5, gss, sspi, scram-sha-256 and none",
    "ssl_min_protocol_version": "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3",
    "ssl_max_protocol_version": "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3",
}
OTHERS = {
    "pgbouncer": "remove it: Postern works behind a pooler as it is",
    "schema": "remove it: DATABASE_SCHEMA in backend/.env is meant",
    "currentSchema": "remove it: DATABASE_SCHEMA in backend/.env is meant",
    "ssl": "write sslmode=require instead",
    "useSSL": "write sslmode=require instead",
    "sslaccept": "write sslmode=require, or sslmode=verify-full to check the certificate",
    "uselibpqcompat": "remove it: Postern reads sslmode as libpq does",
    "connection_limit": "remove it: DB_POOL_SIZE in backend/.env is meant",
    "pool_size": "remove it: DB_POOL_SIZE in backend/.env is meant",
    "pool_timeout": "remove it: Postern bounds its waits itself",
    "statement_timeout": "remove it: Postern bounds its statements itself",
    "prepareThreshold": "remove it: Postern prepares no statements",
    "statement_cache_size": "remove it: Postern prepares no statements",
    "prepared_statement_cache_size": "remove it: Postern prepares no statements",
    "charset": "remove it",
    "database": "write it after the host, as /name",
    "username": "write it before the host, as name@",
}
"""Parameters of other libraries' addresses, and what to do about each."""
PLACES = frozenset({"host", "hostaddr", "port", "user", "password", "dbname"})
NOWHERE = "/postern-asks-libpq-and-connects-to-nothing"


def is_known(name: str) -> bool:
    """Whether libpq has a parameter of this name."""
    if name in ELSEWHERE:
        return True
    if not re.fullmatch(r"[a-z_]+", name):
        return False
    try:
        parse_dsn(f"{name}=1")
    except psycopg2.ProgrammingError:
        return False
    return True


def showable_options(text: str) -> str:
    return " ".join(match[0] for match in SHOWABLE_OPTION.finditer(text))


def refuse_names(pairs: tuple[tuple[str, str], ...]) -> None:
    """Raise for a parameter that is unknown, empty or given twice, or that reads other files."""
    seen: set[str] = set()
    for name, value in pairs:
        if name in ELSEWHERE:
            raise InvalidDatabaseUrl(
                f"carries {name!r}, which reads another file: settings come only from "
                "backend/.env, so write host, user and database here"
            )
        if not is_known(name):
            raise _unknown(name, after_a_secret=bool(seen & SECRET))
        if not value:
            raise InvalidDatabaseUrl(f"carries {name!r} without a value: write one, or remove it")
        if name in seen and name != "host":
            raise InvalidDatabaseUrl(f"carries {name!r} twice: remove one of them")
        seen.add(name)


def _unknown(name: str, *, after_a_secret: bool) -> InvalidDatabaseUrl:
    if name in OTHERS:
        return InvalidDatabaseUrl(
            f"carries the parameter {name!r}, which PostgreSQL's own client does not know: "
            f"{OTHERS[name]}"
        )
    if after_a_secret or not re.fullmatch(r"[A-Za-z_]+", name):
        return InvalidDatabaseUrl(
            "carries a parameter that PostgreSQL's own client does not know: remove it, "
            "or write '&' as %26 in the one before it"
        )
    return InvalidDatabaseUrl(
        f"carries the parameter {name!r}, which PostgreSQL's own client does not know "
        "(it may be another library's): remove it"
    )


def refuse_values(values: Mapping[str, str]) -> None:
    """Raise for a value that libpq would refuse, with what is allowed."""
    for name, value in values.items():
        if name in NUMBERS and not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise InvalidDatabaseUrl(f"carries {name!r} with a value that is not a whole number")
        if name in SWITCHES and value not in ("0", "1"):
            raise InvalidDatabaseUrl(f"carries {name!r} with a value that is not 0 or 1")
        if name == "client_encoding" and not _is_encoding(value):
            raise InvalidDatabaseUrl(
                f"carries {name!r} with a value that is not an encoding of PostgreSQL: write UTF8"
            )
    if values.get("sslmode") == "no-verify":
        raise InvalidDatabaseUrl(
            "has sslmode=no-verify, which PostgreSQL's own client does not know: write "
            "sslmode=require, which checks no certificate either"
        )
    if said := refused_by_client(values):
        raise InvalidDatabaseUrl(_refusal(values, said))


def _is_encoding(value: str) -> bool:
    plain = re.sub(r"[^A-Z0-9]", "", value.upper())
    return value == "auto" or plain in {re.sub(r"[^A-Z0-9]", "", name) for name in encodings}


def _refusal(values: Mapping[str, str], said: str) -> str:
    """Name the refused parameter. libpq's own text may quote secret values."""
    strict = {"sslmode": "verify-full"}  # allowed with every value of the others
    for name, value in values.items():
        if refused_by_client(strict | {name: value}):
            allowed = f"allowed: {ALLOWED[name]}" if name in ALLOWED else "correct or remove it"
            return f"carries {name!r} with a value that PostgreSQL's own client refuses: {allowed}"
    return f"is refused by PostgreSQL's own client: {said}"


def refused_by_client(values: Mapping[str, str]) -> str | None:
    """What libpq says against these parameters; None if it would connect with them.

    libpq checks parameters first. If it then complains about a folder that does not exist, it has
    accepted them.
    """
    checked: dict[str, Any] = {name: value for name, value in values.items() if name not in PLACES}
    try:
        psycopg2.connect(host=NOWHERE, user="u", dbname="d", password="p", **checked).close()  # noqa: S106
    except psycopg2.Error as error:
        said = " ".join(str(error).split())
        return None if NOWHERE in said else said
    return None
