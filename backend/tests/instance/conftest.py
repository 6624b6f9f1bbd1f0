"""Restores the instance row of the run's own database after each test.

Modules that read the settings are imported late: this file is read before the tests' settings are
set.
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
