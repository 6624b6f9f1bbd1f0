"""The process's one `Database`, made on first use, and the unit of work that every request runs in.

`in_transaction` and similar functions use the current one: that of the process, or the one that
`using` has put in its place.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlmodel import Session

from src.database import deadline, threads
from src.database.breaker import Breaker
from src.database.connecting import OUR_ENCODING, resolve_name
from src.database.endpoints import DRIVER, Endpoints, InvalidDatabaseUrl, resolve
from src.database.faults import NoServer, concerns_all, is_late, meaning_of
from src.database.opening import opening
from src.embedded import cluster
from src.embedded.errors import EmbeddedPostgresError
from src.kit.problem import Problem
from src.settings import BACKEND, Loaded, Settings, get_loaded

P = ParamSpec("P")
T = TypeVar("T")

EMBEDDED_DATA = BACKEND / ".data" / "postgres"
ANSWER_WITHIN = 1.8
"""Seconds that one unit of work may wait for the database: a refusal must come within two."""
IDLE_SECONDS = 240
"""Connections are renewed before Neon closes them after five idle minutes."""


class Database:
    """The way to one database: endpoints, engine and breaker, made from the settings.

    The engine is made on first use, and gets its address when it first connects.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = threading.RLock()
        self._endpoints: Endpoints | None = None
        self._engine: Engine | None = None
        self.breaker = Breaker(probe_every=0.5)
        self._used_at = float("-inf")
        self._background = threading.local()
        self._signals: dict[str, threading.Event] = {}
        self.opening = opening(settings.database_schema, statement_timeout="1500ms")
        """Begins each unit of work and each one-statement read."""

    @property
    def endpoints(self) -> Endpoints:
        """The app's and the direct endpoint; starts the embedded PostgreSQL if no URL is set."""
        with self._making:
            if self._endpoints is None:
                self._endpoints = self._resolve()
            return self._endpoints

    def _resolve(self) -> Endpoints:
        settings = self._settings
        if settings.database_url is None:
            try:
                return resolve(cluster.start(EMBEDDED_DATA), None)
            except EmbeddedPostgresError as error:
                raise NoServer(str(error)) from None
        unpooled = settings.database_url_unpooled
        return resolve(
            settings.database_url.get_secret_value(),
            unpooled.get_secret_value() if unpooled else None,
        )

    @property
    def engine(self) -> Engine:
        with self._making:
            if self._engine is None:
                self._engine = self._build_engine()
            return self._engine

    def _build_engine(self) -> Engine:
        deadline.install()
        engine = create_engine(
            f"{DRIVER}://",
            pool_size=self._settings.db_pool_size,
            max_overflow=0,
            pool_timeout=ANSWER_WITHIN / 2,
            pool_recycle=IDLE_SECONDS,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(engine, "do_connect", self._address)
        event.listen(engine, "begin", self._open)
        event.listen(engine, "checkout", partial(_ping, engine.dialect))
        event.listen(engine, "handle_error", _give_up_read_only)
        return engine

    def _address(
        self, dialect: Dialect, _record: object, _args: object, parameters: dict[str, Any]
    ) -> None:
        """Fill in the app's endpoint. This happens so late that an import starts no server."""
        parameters.clear()
        parameters.update(dialect.create_connect_args(self.endpoints.app)[1])
        parameters.setdefault("application_name", "postern")
        parameters.update(OUR_ENCODING)
        resolve_name(parameters)

    def _open(self, connection: Connection) -> None:
        connection.exec_driver_sql(self.opening)
        self.breaker.reset()  # the database has answered, even if the request fails later

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Ask the database only if the breaker lets us, and only for a limited time.

        A database error is raised as the `Problem` that it means, or as `UnforeseenDatabaseError`.
        Neither contains data of a row. One in the background refuses no request.
        """
        self.breaker.admit()
        if not self.is_background:
            self._used_at = time.monotonic()
        try:
            with deadline.deadline(ANSWER_WITHIN):
                yield
        except Exception as error:
            late = is_late(error) and self._answers()
            if concerns_all(error) and not (late or self.is_background):
                self.breaker.trip()
            if meaning := meaning_of(error):
                raise meaning from None
            raise

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception.

        A `Problem` with `keeps_writes` commits first and is then raised. Nothing here waits longer
        than `ANSWER_WITHIN`. The session must stay in one thread.
        """
        with self.answering(), Session(self.engine, expire_on_commit=False) as db:
            try:
                yield db
            except Problem as problem:
                if problem.keeps_writes:
                    db.commit()
                raise
            db.commit()

    def _answers(self) -> bool:
        """Whether it has answered anybody lately: then one late answer is no outage."""
        return self.breaker.answered_since(time.monotonic() - ANSWER_WITHIN / 2)

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Queries of this thread do not count as use: they keep no sleeping database awake."""
        self._background.runs = True
        try:
            yield
        finally:
            self._background.runs = False

    @property
    def is_background(self) -> bool:
        """Whether this thread works for no request."""
        return getattr(self._background, "runs", False)

    @property
    def idle_for(self) -> float:
        """Seconds since the last query of a request."""
        return time.monotonic() - self._used_at

    def signal(self, name: str) -> threading.Event:
        """An event of this process, by which a commit wakes the thread that waits for its rows."""
        with self._making:
            return self._signals.setdefault(name, threading.Event())

    def close(self) -> None:
        """Close its connections; the next use opens new ones."""
        if self._engine is not None:
            self._engine.dispose()


_current: ContextVar[Database | None] = ContextVar("database", default=None)
_of_process: Database | None = None
_making = threading.Lock()


def current() -> Database:
    """The one that `using` has set, or else the process's own, made from its settings.

    Ends the process with one sentence if a database URL cannot be read, as settings do.
    """
    global _of_process  # noqa: PLW0603  the one place where it is made
    if (replaced := _current.get()) is not None:
        return replaced
    if _of_process is None:
        with _making:
            if _of_process is None:
                loaded = get_loaded()
                _check_urls(loaded)
                _of_process = Database(loaded.settings)
    return _of_process


@contextmanager
def using(database: Database) -> Iterator[None]:
    """This context, and the worker threads that it starts, use `database`."""
    token = _current.set(database)
    try:
        yield
    finally:
        _current.reset(token)


def _check_urls(loaded: Loaded) -> None:
    for field in ("database_url", "database_url_unpooled"):
        secret = getattr(loaded.settings, field)
        try:
            resolve(secret.get_secret_value(), None) if secret else None
        except InvalidDatabaseUrl as error:
            entry = loaded.provenance[field]
            raise SystemExit(f"{entry.name} (from {entry.source}) {error}") from None


def __getattr__(name: str) -> Engine:
    """`from src.database.database import engine` counts as the engine's first use."""
    if name == "engine":
        return current().engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def get_endpoints() -> Endpoints:
    return current().endpoints


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """`Database.unit_of_work` of the current one."""
    with current().unit_of_work() as db:
        yield db


async def in_transaction(
    work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work(db, …)` as one unit of work in one worker thread, and return its result.

    The commit is done before this returns, so no answer says "done" when the commit has failed.
    """

    def run() -> T:
        with current().unit_of_work() as db:
            return work(db, *args, **kwargs)

    return await in_thread(run)


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it in one worker thread. No request waits long for one: `threads.run`."""
    return await threads.run(partial(work, *args, **kwargs), current().breaker)


def _give_up_read_only(context: ExceptionContext) -> None:
    """Open a new connection after a refused write: each keeps the defaults it began with.

    The default may have been changed back since, or a primary may have become a replica.
    """
    state = getattr(context.original_exception, "pgcode", None)
    if state == errorcodes.READ_ONLY_SQL_TRANSACTION:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False  # each connection notices it by itself


def _ping(dialect: Dialect, connection: Any, *_: object) -> None:  # noqa: ANN401  the driver's
    """Use no connection that died in the pool; all others of its age are then renewed too.

    As `pool_pre_ping` does, but callers that notice a dead connection themselves can skip it.
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


_unchecked = threading.local()


@contextmanager
def unchecked_connections() -> Iterator[None]:
    """In this context, connections from the pool are not checked: they may be dead."""
    _unchecked.wanted = True
    try:
        yield
    finally:
        _unchecked.wanted = False
