"""What tests of mail share."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from pydantic import SecretStr

from src.database.database import Database, using
from src.settings import get_settings
from tests.support.certificates import Certificates
from tests.support.postgres import connect
from tests.support.scratch import Scratch


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """Certificates of an authority that this process trusts."""
    made = Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    return made


@pytest.fixture
def outbox(scratch: Scratch) -> Iterator[Database]:
    """The current database is one of the test's own, whose mails no running service sends."""
    own = {name.lower(): SecretStr(url) for name, url in scratch.settings.items()}
    database = Database(get_settings().model_copy(update=own))
    with using(database):
        yield database
    database.close()


@pytest.fixture
def stored(scratch: Scratch) -> Iterator[psycopg2.extensions.connection]:
    """A plain connection to the database of `outbox`."""
    connection = connect(scratch.direct.url)
    connection.autocommit = True
    yield connection
    connection.close()
