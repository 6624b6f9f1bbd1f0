"""A checkout of its own for each test, on databases beside the tests' own.

What reads the settings is imported late: this file is read before the tests' own settings stand.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import memory

if TYPE_CHECKING:
    from tests.support.checkout import Copy

TEMPLATE = "doctor_template"


@pytest.fixture
def settings_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting in the process environment, so that a checkout's own file decides."""
    from src.settings import Settings

    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


@pytest.fixture
def copy(settings_unset: None) -> Iterator["Copy"]:  # noqa: ARG001
    from tests.support import checkout

    with memory.folder() as made:
        yield checkout.copy(made / "postern")


@pytest.fixture(scope="session")
def template(_migrated: None) -> Iterator[str]:
    """The name of a database that is migrated, and that nobody is connected to."""
    from tests.support import databases
    from tests.support.service import alembic

    with databases.database(TEMPLATE) as url:
        alembic("upgrade", "head", settings={"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url})
        yield TEMPLATE


@pytest.fixture
def migrated(template: str) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    from tests.support import databases

    with databases.database("doctor_migrated", template) as url:
        yield url


@pytest.fixture
def well(copy: "Copy", migrated: str) -> "Copy":
    """A checkout in which nothing is wrong."""
    copy.write_env(DATABASE_URL=migrated)
    return copy
