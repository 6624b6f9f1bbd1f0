"""Databases in addition to the tests' own, made and dropped by the test that needs them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, make_url

from src.database.database import get_endpoints
from tests.support.copies import AT_HOME
from tests.support.postgres import connect


def direct_url() -> URL:
    return get_endpoints().direct


@contextmanager
def database(name: str, template: str | None = None) -> Iterator[str]:
    """The URL of a new database: empty, or made from `template` with its own place recorded."""
    copied = f' TEMPLATE "{template}"' if template else ""
    execute(direct_url().set(database="postgres"), f'CREATE DATABASE "{name}"{copied}')
    url = direct_url().set(database=name)
    if template:
        execute(url, AT_HOME)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        drop = f'DROP DATABASE "{name}" WITH (FORCE)'
        execute(direct_url().set(database="postgres"), drop)


def execute(url: URL | str, *statements: str) -> list[tuple[object, ...]]:
    """Run the statements in autocommit, and return the rows of the last one."""
    connection = connect(make_url(url))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()
