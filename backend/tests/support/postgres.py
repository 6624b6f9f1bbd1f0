"""Uses PostgreSQL without the code under test."""

from typing import Any

import psycopg2
from sqlalchemy import URL


def connect(url: URL) -> psycopg2.extensions.connection:
    _, arguments = url.get_dialect()().create_connect_args(url)
    connection: psycopg2.extensions.connection = psycopg2.connect(**arguments)
    return connection


def run(connection: psycopg2.extensions.connection, statement: str) -> list[tuple[object, ...]]:
    """Run one statement, committed at once, on a connection that is closed after it."""
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def rows(connection: psycopg2.extensions.connection, query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
