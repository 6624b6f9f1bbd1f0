"""Each test begins without any key, and leaves none behind."""

from collections.abc import Iterator

import psycopg2
import pytest


@pytest.fixture(autouse=True)
def _no_keys(direct: psycopg2.extensions.connection) -> Iterator[None]:
    from src.keys.keyring import keyring

    def wipe() -> None:
        with direct.cursor() as cursor:
            cursor.execute("DELETE FROM signing_key")
        keyring.forget()

    wipe()
    yield
    wipe()
