"""Empties tables after a test."""

import psycopg2
from psycopg2.errors import DeadlockDetected


def wipe(direct: psycopg2.extensions.connection, tables: str) -> None:
    """Again if it met a background job of the service: PostgreSQL ends one of both."""
    with direct.cursor() as cursor:
        try:
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        except DeadlockDetected:
            wipe(direct, tables)
