"""Each test begins without any key, and leaves none behind."""

from collections.abc import Iterator

import psycopg2
import pytest

from tests.support.live import forget_keys


@pytest.fixture(autouse=True)
def _no_keys(direct: psycopg2.extensions.connection) -> Iterator[None]:
    def wipe() -> None:
        with direct.cursor() as cursor:
            cursor.execute("DELETE FROM signing_key")
        forget_keys()

    wipe()
    yield
    wipe()
