"""A checkout for each test, on databases beside the tests' own."""

from collections.abc import Iterator

import pytest

from src.settings import Settings
from tests.support import checkout, databases, memory
from tests.support.checkout import Copy
from tests.support.service import alembic

TEMPLATE = "doctor_template"


@pytest.fixture
def settings_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting in the process environment, so that the checkout's own file decides."""
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


@pytest.fixture
def copy(settings_unset: None) -> Iterator[Copy]:  # noqa: ARG001
    with memory.folder() as made:
        yield checkout.copy(made / "postern")


@pytest.fixture(scope="session")
def template(_migrated: None) -> Iterator[str]:
    """The name of a migrated database without connections."""
    with databases.database(TEMPLATE) as url:
        alembic("upgrade", "head", settings={"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url})
        yield TEMPLATE


@pytest.fixture
def migrated(template: str) -> Iterator[str]:
    """The URL of a migrated database for this test."""
    with databases.database("doctor_migrated", template) as url:
        yield url


@pytest.fixture
def well(copy: Copy, migrated: str) -> Copy:
    """A checkout in which nothing is wrong."""
    copy.write_env(DATABASE_URL=migrated)
    return copy
