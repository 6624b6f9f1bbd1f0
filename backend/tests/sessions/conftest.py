"""The rows of all sessions."""

from collections.abc import Callable
from typing import Any

import psycopg2
import psycopg2.extras
import pytest


@pytest.fixture
def rows(direct: psycopg2.extensions.connection) -> Callable[[], list[dict[str, Any]]]:
    """All sessions, as the database has them."""

    def rows() -> list[dict[str, Any]]:
        with direct.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute("SELECT * FROM session ORDER BY id")
            return [dict(row) for row in cursor.fetchall()]

    return rows
