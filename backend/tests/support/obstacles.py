"""Makes statements wait or fail during a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import psycopg2

Connection = psycopg2.extensions.connection


@contextmanager
def locked(direct: Connection, table: str) -> Iterator[psycopg2.extensions.cursor]:
    """Nobody else can use the table."""
    direct.autocommit = False
    try:
        with direct.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
            yield cursor
    finally:
        direct.rollback()
        direct.autocommit = True


@contextmanager
def failing(direct: Connection, event: Literal["INSERT", "UPDATE"], table: str) -> Iterator[None]:
    """Every change of a row of the table fails."""
    with direct.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'broken'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER broken BEFORE {event} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    try:
        yield
    finally:
        with direct.cursor() as cursor:
            cursor.execute("DROP FUNCTION broken CASCADE")
