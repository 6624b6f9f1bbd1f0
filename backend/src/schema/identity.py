"""Which database is this, and do both endpoints lead to the same one? Proven, not guessed.

There are two proofs that a copy cannot fake: a row that is written through one endpoint and read
through the other, and a lock that is held through one and seen through the other. The second needs
no tables and no right to write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from src.database.connecting import single_use_engine
from src.database.deadline import deadline
from src.database.faults import NO_ANSWER, one_line
from src.database.opening import opening
from src.database.origin import Endpoint
from src.kit.crypto import random_bits, random_id
from src.schema.reach import reach
from src.schema.state import looking_through

WITHIN = 5.0
"""Seconds for one endpoint."""

HOLD = text("SELECT pg_advisory_xact_lock(:high, :low)")
LOOK = text("""
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
  AND l.classid = :high AND l.objid = :low
""")
WRITE = text("INSERT INTO endpoint_probe (nonce, created_at) VALUES (:nonce, now())")
# Also removes rows that an interrupted probe has left.
TIDY = text("""
DELETE FROM endpoint_probe WHERE nonce = :nonce OR created_at < now() - interval '1 hour'
""")
WHO = text("""
SELECT current_database() AS database,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database_oid,
       current_schema() AS schema, current_user AS role,
       current_setting('server_version') AS server_version,
       inet_server_addr()::text AS server_address, inet_server_port() AS server_port,
       (SELECT source FROM pg_settings
        WHERE name = 'default_transaction_read_only' AND setting = 'on') AS read_only,
       pg_is_in_recovery() AS in_recovery, pg_backend_pid() AS backend
""")


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class Identity:
    """What one endpoint shows about its database."""

    endpoint: Endpoint
    database: str
    database_oid: int
    schema: str | None
    role: str
    server_version: str
    server_address: str | None
    """As the server sees it; None on a Unix socket."""
    server_port: int | None
    read_only: str | None
    """The source of the default that makes transactions read-only."""
    in_recovery: bool
    between: bool
    """True if a pooler or proxy answers instead of the server."""
    instance_id: UUID | None
    """From the row that the first migration writes; a copy of the database has it too."""
    system_identifier: str | None
    """Of the server's data; None if the role may not read it. A copy of the server has it too."""


@dataclass(frozen=True)
class Comparison:
    """Whether two endpoints lead to one database, and what proves it."""

    verdict: Verdict
    reason: str
    app: Identity | None = None
    direct: Identity | None = None


def read(connection: Connection, endpoint: Endpoint) -> Identity:
    """The identity of the database that `connection` leads to."""
    who = connection.execute(WHO).one()._asdict()
    driver = connection.connection.dbapi_connection
    announced = getattr(getattr(driver, "info", None), "backend_pid", None)
    instance = _asked(connection, "SELECT id FROM instance")
    system = _asked(connection, "SELECT system_identifier::text FROM pg_control_system()")
    return Identity(
        endpoint=endpoint,
        between=announced != who.pop("backend"),
        instance_id=instance if isinstance(instance, UUID) else None,
        system_identifier=str(system) if system else None,
        **who,
    )


def identify(endpoint: Endpoint) -> Identity:
    """The same through its own connection; raises what connecting raises."""
    with looking_through(endpoint, within=WITHIN) as connection:
        return read(connection, endpoint)


def compare(app: Endpoint, direct: Endpoint) -> Comparison:
    """Prove whether both lead to one database. Raises nothing if an endpoint does not work."""
    seen: list[Identity] = []
    for endpoint in (app, direct):
        try:
            seen.append(identify(endpoint))
        except NO_ANSWER as error:
            why = reach.explain(endpoint, error)
            reason = f"{endpoint.address} ({endpoint.origin}) cannot be used: {why.summary}"
            return Comparison(Verdict.UNPROVEN, reason, *seen)
    return Comparison(*_proven(*seen), *seen)


def _proven(app: Identity, direct: Identity) -> tuple[Verdict, str]:
    if app.database_oid != direct.database_oid or _differ(app, direct):
        return Verdict.DIFFERENT, "the servers name two different databases"
    attempts = [proof(app.endpoint, direct.endpoint) for proof in (by_lock, by_nonce)]
    for outcome, reason in attempts:
        if outcome is Verdict.SAME:
            return outcome, reason
    if app.in_recovery != direct.in_recovery:
        return Verdict.UNPROVEN, "one of the endpoints is a read replica"
    verdict = Verdict.DIFFERENT if Verdict.DIFFERENT in dict(attempts) else Verdict.UNPROVEN
    return verdict, "; ".join(reason for outcome, reason in attempts if outcome is verdict)


def _differ(app: Identity, direct: Identity) -> bool:
    one, other = app.system_identifier, direct.system_identifier
    return one is not None and other is not None and one != other


def by_lock(app: Endpoint, direct: Endpoint) -> tuple[Verdict, str]:
    """Hold a random lock through `direct`, and look for it through `app`.

    If even `direct` itself does not show the lock, its absence in `app` proves nothing.
    """
    lock = {"high": random_bits(31), "low": random_bits(31)}
    try:
        with looking_through(direct) as holder:
            holder.execute(HOLD, lock)
            if _sees_lock(app, lock):
                return Verdict.SAME, "a lock held through one endpoint is seen through the other"
            if not _sees_lock(direct, lock):
                return Verdict.UNPROVEN, "locks are not shown there"
    except SQLAlchemyError as error:
        return Verdict.UNPROVEN, f"no lock can be held: {one_line(error)}"
    return Verdict.DIFFERENT, "a lock held through one endpoint is not seen through the other"


def _sees_lock(endpoint: Endpoint, lock: dict[str, int]) -> bool:
    with looking_through(endpoint) as connection:
        return bool(connection.execute(LOOK, lock).scalar_one())


def by_nonce(app: Endpoint, direct: Endpoint) -> tuple[Verdict, str]:
    """Write a row through `direct`, and look for it through `app`."""
    nonce = {"nonce": random_id()}
    look = text("SELECT count(*) FROM endpoint_probe WHERE nonce = :nonce")
    try:
        with _nonce_written(direct, nonce), looking_through(app) as looker:
            seen = looker.execute(look, nonce).scalar_one()
    except SQLAlchemyError as error:
        return Verdict.UNPROVEN, f"no row can be passed through: {one_line(error)}"
    if seen:
        return Verdict.SAME, "a row written through one endpoint is read through the other"
    return Verdict.DIFFERENT, "a row written through one endpoint is not there on the other"


@contextmanager
def _nonce_written(direct: Endpoint, nonce: dict[str, str]) -> Iterator[None]:
    settings = opening(direct.schema, statement_timeout=f"{WITHIN:.0f}s")
    with deadline(WITHIN), single_use_engine(direct.url).connect() as connection:
        connection.exec_driver_sql(settings)
        connection.execute(WRITE, nonce)
        connection.commit()
        try:
            yield
        finally:
            connection.exec_driver_sql(settings)
            connection.execute(TIDY, nonce)
            connection.commit()


def _asked(connection: Connection, query: str) -> object:
    """One value, or None if the table does not exist or the role may not read it."""
    try:
        with connection.begin_nested():
            return connection.execute(text(query)).scalar()
    except ProgrammingError:
        return None
