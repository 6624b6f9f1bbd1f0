"""The instance row of the run's own database, as it was before each test.

What reads the settings is imported late: this file is read before the tests' own settings stand.
"""

from collections.abc import Iterator

import psycopg2
import psycopg2.extras
import pytest

from tests.support.live import forget_keys

LOOK = "SELECT id, system_identifier, database_oid, timeline, forked_at FROM instance"
PUT_BACK = """
UPDATE instance
SET (id, system_identifier, database_oid, timeline, forked_at) = (%s, %s, %s, %s, %s)
"""


@pytest.fixture(autouse=True)
def _instance_as_it_was(direct: psycopg2.extensions.connection) -> Iterator[None]:
    with direct.cursor() as cursor:
        cursor.execute(LOOK)
        before = cursor.fetchone()
        yield
        cursor.execute(PUT_BACK, before)
        cursor.execute("DELETE FROM signing_key")
    forget_keys()
