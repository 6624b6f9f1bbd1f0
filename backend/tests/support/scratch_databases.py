"""Databases that a test may change in any way: each is new, from a template migrated once.

Modules that read the settings are imported late: this file is read before the tests' settings are
set.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.copies import AT_HOME
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.service import alembic, checkout

if TYPE_CHECKING:
    from tests.support.scratch import Scratch


@pytest.fixture(scope="session")
def _template(_migrated: None) -> None:
    from src.database.database import get_endpoints
    from tests.support.scratch import TEMPLATE, Scratch, maintain

    maintain(f'CREATE DATABASE "{TEMPLATE}"')
    url = Scratch(TEMPLATE, get_endpoints()).direct.url
    settings = {"DATABASE_URL": url.render_as_string(hide_password=False)}
    alembic("upgrade", "head", settings=settings)


@pytest.fixture
def database(_template: None) -> Iterator[Callable[..., "Scratch"]]:
    """Makes databases: migrated ones, or empty ones."""
    from src.database.database import get_endpoints
    from tests.support.scratch import TEMPLATE, Scratch, maintain

    made: list[str] = []

    def make(*, migrated: bool = True) -> Scratch:
        made.append(f"scratch_{len(made)}")
        template = TEMPLATE if migrated else "template0"
        maintain(f'CREATE DATABASE "{made[-1]}" TEMPLATE {template}')
        new = Scratch(made[-1], get_endpoints())
        if migrated:
            new.sql(AT_HOME)
        return new

    yield make
    for name in made:
        maintain(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def scratch(database: Callable[..., "Scratch"]) -> "Scratch":
    return database()


@pytest.fixture
def empty(database: Callable[..., "Scratch"]) -> "Scratch":
    return database(migrated=False)


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    server = ready_made()
    yield server
    server.close()


@pytest.fixture
def bouncer(tmp_path: Path) -> Iterator[PgBouncer]:
    """PgBouncer in transaction mode in front of the run's PostgreSQL."""
    from src.database.database import get_endpoints

    direct = get_endpoints().direct.render_as_string(hide_password=False)
    pgbouncer = PgBouncer(tmp_path / "pgbouncer", direct)
    yield pgbouncer
    pgbouncer.stop()


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    return checkout(tmp_path / "postern")


@pytest.fixture
def next_migration(backend: Path) -> Callable[[str], Path]:
    """Adds a migration that runs this SQL to the checkout."""
    from tests.support.migration import add_migration

    return partial(add_migration, backend)
