"""A real PostgreSQL for the whole run, migrated once; every test commits, and is wiped after."""

import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import psycopg2
import pytest

from tests.support import environment, memory
from tests.support.live import close_breaker, forget_costs, forget_refusals
from tests.support.wiping import wipe

if TYPE_CHECKING:  # what reads the settings is imported once they stand
    from src.kit.clock import Clock
    from src.settings import Settings
    from tests.support.mailbox import Mailbox

pytest_plugins = (
    "tests.support.by_folder",
    "tests.support.needs",
    "tests.support.second_run",
    "tests.support.scratch_databases",
    "tests.support.settings_files",
    "tests.support.workers",
)
collect_ignore = [
    "adopt",
    "claims",
    "clients",
    "examples",
    "verifiers",
]  # their own make targets name them
TABLES = (
    '"user", session, endpoint_probe, rate_limit, failure_streak, mail, mailed_token, '
    "signin_attempt, authenticator_app, recovery_code, trusted_device, requirement, "
    "factor_reset, passkey, used_challenge"
)
PASSWORD = "testpass123"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--endpoint",
        choices=("direct", "pooled"),
        default="direct",
        help="what the app connects to: PostgreSQL itself, or PgBouncer in transaction mode",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers and point the settings at them before anything of `src` is imported.

    With `-n 2`, each worker has its own; the process that hands out the tests needs none.
    """
    # Ended from outside, a run still stops its servers.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 143))
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    from src.embedded import cluster  # imports no settings

    folder = memory.make_folder()
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    direct = app = cluster.start(folder / "postgres", durable=False)
    config.add_cleanup(lambda: cluster.close(folder / "postgres"))
    if config.getoption("--endpoint") == "pooled":
        from tests.support.pgbouncer import PgBouncer

        bouncer = PgBouncer(folder / "pgbouncer", direct)
        config.add_cleanup(bouncer.stop)
        app = bouncer.url
    environment.apply(DATABASE_URL=app, DATABASE_URL_UNPOOLED=direct)


@pytest.fixture(scope="session", autouse=True)
def _migrated() -> None:
    from src.schema.migrations import runner

    runner.upgrade()


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to the world: name look-ups answer for this machine only."""
    look_up = socket.getaddrinfo

    def local(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        if host not in {None, "localhost", "127.0.0.1", "::1", b"localhost"}:
            raise socket.gaierror(socket.EAI_NONAME, "tests look up loopback only")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.fixture
def direct() -> Iterator[psycopg2.extensions.connection]:
    """A plain connection to the direct endpoint, in autocommit: an operator with psql."""
    from src.database.database import get_endpoints
    from tests.support.postgres import connect

    connection = connect(get_endpoints().direct)
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def live(_migrated: None) -> Iterator[httpx.Client]:
    from src.database import threads
    from src.main import app
    from tests.support.server import serving

    # A busy machine is not the subject of tests that send many requests at once.
    threads.WAIT = 30.0
    with serving(app) as client:
        yield client


@pytest.fixture
def client(live: httpx.Client, direct: psycopg2.extensions.connection) -> Iterator[httpx.Client]:
    """HTTP to the running app; what the test wrote is wiped after it."""
    yield live
    wipe(direct, TABLES)
    forget_refusals()
    forget_costs()
    close_breaker()


@pytest.fixture
def sign_up(client: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Sign a person up and in; gives the answer of signin, with the id and the header to send."""

    def sign_up(email: str = "ada@example.com", password: str = PASSWORD) -> dict[str, Any]:
        body = {"email": email, "password": password}
        created = client.post("/auth/signup", json=body)
        assert created.status_code == 201, created.text
        signed_in = client.post("/auth/signin", json=body).json()
        header = {"Authorization": f"Bearer {signed_in['access_token']}"}
        return {**created.json(), **signed_in, "headers": header}

    return sign_up


@pytest.fixture
def me(sign_up: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Ada, signed in."""
    return sign_up()


@pytest.fixture
def mailbox(client: httpx.Client) -> "Mailbox":
    """The mails that the running service has sent."""
    from tests.support.mailbox import Mailbox

    return Mailbox(client)


@pytest.fixture
def moved() -> "Iterator[Clock]":
    """The service's clock: it stands still until the test moves it."""
    from src.kit.clock import clock, now

    with clock.frozen(now()) as frozen:
        yield frozen


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Callable[..., Settings]]":
    """Change settings of the running service."""
    from src import settings
    from tests.support.live import forget_keys

    def change(**values: Any) -> "Settings":
        loaded = settings.get_loaded()
        changed = replace(loaded, settings=loaded.settings.model_copy(update=values))
        monkeypatch.setattr(settings, "get_loaded", lambda: changed)
        forget_keys()
        return changed.settings

    yield change
    forget_keys()  # the next test may not be able to open those of another SECRET_KEY
