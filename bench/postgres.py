"""The database server that all services share: the bundled PostgreSQL with its default settings."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import make_url

from bench import cores
from src.embedded import cluster


class Postgres:
    """A server with its own data directory, on the core of the load. It runs until `close`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postern-bench-"))
        with cores.pinned(cores.LOAD):
            self.url = make_url(cluster.start(self.folder / "postgres"))

    @property
    def socket_folder(self) -> str:
        return str(self.url.query["host"])

    @property
    def version(self) -> str:
        opened = self.connect("postgres")
        try:
            return str(opened.get_parameter_status("server_version"))
        finally:
            opened.close()

    def connect(self, database: str) -> connection:
        """Run a statement and commit."""
        opened = psycopg2.connect(host=self.socket_folder, user=cluster.SUPERUSER, dbname=database)
        opened.autocommit = True
        return opened

    def run(self, database: str, statement: str, **parameters: Any) -> None:
        opened = self.connect(database)
        try:
            with opened.cursor() as cursor:
                cursor.execute(statement, parameters or None)
        finally:
            opened.close()

    def count(self, database: str, table: str) -> int:
        """Its rows."""
        opened = self.connect(database)
        try:
            with opened.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                return int(cursor.fetchone()[0])  # type: ignore[index]  # there is always one row
        finally:
            opened.close()

    def create(self, database: str) -> None:
        self.run("postgres", f'CREATE DATABASE "{database}"')

    def close(self) -> None:
        cluster.close(self.folder / "postgres")
        shutil.rmtree(self.folder, ignore_errors=True)
