"""The one engine of the service, and the unit of work that every request runs in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from src.database import deadline
from src.database.breaker import Breaker
from src.database.connecting import OUR_ENCODING, resolve_name
from src.database.endpoints import DRIVER, Endpoints, InvalidDatabaseUrl, resolve
from src.database.faults import is_outage, meaning_of
from src.database.opening import opening
from src.embedded import cluster
from src.kit.problem import Problem
from src.settings import BACKEND, Settings, get_loaded, get_settings

P = ParamSpec("P")
T = TypeVar("T")

EMBEDDED_DATA = BACKEND / ".data" / "postgres"
ANSWER_WITHIN = 1.8
"""Seconds that one unit of work may wait for the database, so that a refusal comes within two."""
OPENING = opening(get_settings().database_schema, statement_timeout="1500ms")
"""Begins each unit of work and each one-statement read."""
IDLE_SECONDS = 240
"""Connections are renewed before Neon's five idle minutes are over."""

deadline.install()


@lru_cache
def get_endpoints() -> Endpoints:
    """The app's and the direct endpoint; starts the embedded PostgreSQL where no URL is set."""
    settings = get_settings()
    if settings.database_url is None:
        return resolve(cluster.start(EMBEDDED_DATA), None)
    unpooled = settings.database_url_unpooled
    return resolve(
        settings.database_url.get_secret_value(),
        unpooled.get_secret_value() if unpooled else None,
    )


def _check_urls(settings: Settings) -> None:
    """End the process with one sentence if a database URL cannot be read."""
    for field in ("database_url", "database_url_unpooled"):
        secret = getattr(settings, field)
        try:
            resolve(secret.get_secret_value(), None) if secret else None
        except InvalidDatabaseUrl as error:
            entry = get_loaded().provenance[field]
            raise SystemExit(f"{entry.name} (from {entry.source}) {error}") from None


def build_engine(settings: Settings) -> Engine:
    """An engine for the app's endpoint that finds its address when it first connects."""
    _check_urls(settings)
    engine = create_engine(
        f"{DRIVER}://",
        pool_size=settings.db_pool_size,
        max_overflow=0,
        pool_timeout=ANSWER_WITHIN / 2,
        pool_recycle=IDLE_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    event.listen(engine, "do_connect", _address)
    event.listen(engine, "begin", _open)
    event.listen(engine, "checkout", partial(_ping, engine.dialect))
    event.listen(engine, "handle_error", _give_up_read_only)
    return engine


def _address(dialect: Dialect, _record: object, _args: object, parameters: dict[str, Any]) -> None:
    """Fill in the app's endpoint; started late, so that an import starts no server."""
    parameters.clear()
    parameters.update(dialect.create_connect_args(get_endpoints().app)[1])
    parameters.setdefault("application_name", "postern")
    parameters.update(OUR_ENCODING)
    resolve_name(parameters)


def _open(connection: Connection) -> None:
    connection.exec_driver_sql(OPENING)
    breaker.reset()  # that was the database's answer, whatever becomes of the request


def _give_up_read_only(context: ExceptionContext) -> None:
    """Open a new connection after a refused write: each keeps the defaults it began with.

    That is a default that was taken back meanwhile, or a primary that became a replica.
    """
    state = getattr(context.original_exception, "pgcode", None)
    if state == errorcodes.READ_ONLY_SQL_TRANSACTION:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False  # each connection meets it by itself


def _ping(dialect: Dialect, connection: Any, *_: object) -> None:  # noqa: ANN401  the driver's
    """Use no connection that died in the pool; all others of its age are then renewed too.

    As `pool_pre_ping` does it, which cannot be left out where whoever asks would notice by itself.
    """
    if getattr(_unchecked, "wanted", False):
        return
    try:
        dialect.do_ping(connection)
    except psycopg2.Error as error:
        if not is_dead(dialect, error, connection):
            raise
        raise InvalidatePoolError from None


def is_dead(dialect: Dialect, error: psycopg2.Error, connection: Any) -> bool:  # noqa: ANN401  as above
    return dialect.is_disconnect(error, connection, None)  # type: ignore[arg-type]  # its protocol


@contextmanager
def unchecked_connections() -> Iterator[None]:
    """Connections that this thread takes out of the pool may have died there."""
    _unchecked.wanted = True
    try:
        yield
    finally:
        _unchecked.wanted = False


_unchecked = threading.local()
engine = build_engine(get_settings())
breaker = Breaker(probe_every=0.5)


@contextmanager
def answering() -> Iterator[None]:
    """Ask the database only while it answers, and bound the wait.

    Database errors leave as the `Problem` that they mean, or as `UnforeseenDatabaseError`, never
    with a row's contents in them.
    """
    breaker.admit()
    try:
        with deadline.deadline(ANSWER_WITHIN):
            yield
    except Exception as error:
        if is_outage(error):
            breaker.trip()
        if meaning := meaning_of(error):
            raise meaning from None
        raise


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back by any exception.

    A `Problem` with `keeps_writes` commits first and is raised on. Nothing here waits longer than
    `ANSWER_WITHIN`. Belongs to one thread from begin to end.
    """
    with answering(), Session(engine, expire_on_commit=False) as db:
        try:
            yield db
        except Problem as problem:
            if problem.keeps_writes:
                db.commit()
            raise
        db.commit()


async def in_transaction(
    work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work(db, …)` as one unit of work in one worker thread, and give back its result.

    The commit is done before this returns, so an answer never promises what a failed commit undid.
    """

    def run() -> T:
        with unit_of_work() as db:
            return work(db, *args, **kwargs)

    return await run_in_threadpool(run)
