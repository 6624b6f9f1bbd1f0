"""Running migrations: on the direct endpoint only, one process at a time, with short locks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from src.database.connecting import single_use_engine
from src.database.endpoints import pooled_by_name
from src.database.opening import quoted, search_path
from src.database.origin import Endpoint, direct_endpoint
from src.schema.command_lines import MERGE
from src.schema.reach import reach
from src.settings import BACKEND

ADVISORY_LOCK = 0x706F737465726E  # "postern" in ASCII
WAIT_FOR_OTHERS = "60s"
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "5s"


class MigrationsRefused(CommandError):  # noqa: N818  it names the fact
    """Migrations cannot run here. The message says where, why, and what to do."""

    def __init__(self, said: str, *, fix: str | None = None) -> None:
        super().__init__(f"{said} To fix it: {fix}" if fix else said)
        self.said = said
        self.fix = fix
        """The one command or edit that fixes it, if there is one."""


class WouldLoseData(MigrationsRefused):
    """A migration that may remove something is applied only when somebody asks for it."""


def alembic_config(backend: Path = BACKEND) -> Config:
    """Alembic's configuration for the code in `backend`, from any working directory."""
    config = Config(str(backend / "alembic.ini"))
    for option, path in (("script_location", backend / "alembic"), ("prepend_sys_path", backend)):
        config.set_main_option(option, str(path).replace("%", "%%"))
    return config


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def upgrade(
    revision: str = "head",
    *,
    only_safe: bool = False,
    verbose: bool = False,
    say: Callable[[str], None] | None = None,
) -> None:
    """Apply what is missing, exactly once, even if many processes ask at the same time.

    `only_safe` is for automatic migrations: one that may remove something raises
    `WouldLoseData`, and none is applied. `verbose` leaves the driver's own errors as they are.
    `say` gets a sentence for each migration, and at the end the database's revision.
    """
    from src.schema.migrations.history import own_history  # it imports this module

    if revision == "head" and (two := own_history().two_heads):
        raise MigrationsRefused(two, fix=MERGE)
    config = alembic_config()
    config.attributes.update(only_safe=only_safe, verbose=verbose, say=say)
    command.upgrade(config, revision)


@contextmanager
def migration_connection() -> Iterator[Connection]:
    """A connection to the direct endpoint that holds the migration lock, with timeouts set.

    Raises `MigrationsRefused` if the endpoint is a transaction pooler or cannot be reached.
    """
    endpoint = direct_endpoint()
    engine = single_use_engine(endpoint.url)
    try:
        if why := pooled_by_name(endpoint.url) or transaction_pooled(engine):
            raise MigrationsRefused(
                f"Migrations are refused on {endpoint}: {why}. Session locks and timeouts do not "
                "work there. Set DATABASE_URL_UNPOOLED in backend/.env to the direct endpoint."
            )
        connection = engine.connect()
    except OperationalError as error:
        found = reach.explain(endpoint, error)
        said = f"{endpoint} cannot be used: {found.summary}."
        raise MigrationsRefused(said, fix=found.command) from None
    with connection:
        try:
            _hold_lock(connection)
            _use_schema(connection, endpoint.schema)
        except OperationalError:
            raise MigrationsRefused(
                f"Another process has been migrating {endpoint} for {WAIT_FOR_OTHERS}. Check that "
                "process, then try again."
            ) from None
        yield connection  # closing the connection releases the lock


def _hold_lock(connection: Connection) -> None:
    """Wait for other processes that migrate; only then set the migrations' own short timeouts."""
    connection.execute(text("SET statement_timeout = 0"))  # the role may have its own timeout
    connection.execute(text(f"SET lock_timeout = '{WAIT_FOR_OTHERS}'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.commit()


def _use_schema(connection: Connection, schema: str) -> None:
    """Names without a schema mean this one, as long as the connection is open."""
    connection.execute(text("SET default_transaction_isolation = 'read committed'"))
    connection.execute(text(f"SET search_path = {search_path(schema)}"))
    connection.commit()


def make_schema(connection: Connection, endpoint: Endpoint) -> None:
    """Create the schema unless it exists, before Alembic creates its version table in it.

    Raises `MigrationsRefused` if the role may not create it.
    """
    wanted = {"schema": endpoint.schema}
    if connection.execute(text("SELECT to_regnamespace(quote_ident(:schema))"), wanted).scalar():
        connection.rollback()
        return
    try:
        connection.execute(text(f"CREATE SCHEMA {quoted(endpoint.schema)}"))
        connection.commit()
    except ProgrammingError as error:
        role = quoted(endpoint.url.username or "")
        raise MigrationsRefused(
            f'{endpoint} has no schema "{endpoint.schema}", and its role may not create it.',
            fix="as the owner of the database: "
            f"CREATE SCHEMA {quoted(endpoint.schema)} AUTHORIZATION {role}",
        ) from error


def transaction_pooled(engine: Engine) -> str | None:
    """Proof that the engine's address leads to a transaction pooler, or None.

    Two connections that are open at the same time have two server processes. Only a transaction
    pooler gives one server process to both in turn.
    """
    with engine.connect() as one, engine.connect() as other:
        seen = [(_backend(one), _backend(other)) for _ in range(3)]
    if len({pid for pair in seen for pid in pair}) != len(seen[0]) or seen[0][0] == seen[0][1]:
        return "its connections share their server processes, as behind a transaction pooler"
    return None


def _backend(connection: Connection) -> int:
    """The server process that answers now. The transaction ends, so a pooler may change it."""
    pid: int = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    connection.rollback()
    return pid
