"""A whole Postern for browser tests: its own PostgreSQL, migrated, and the API until SIGTERM.

python -m tests.support.api_server --port 8123 RATE_LIMITS=on

It uses the settings of the tests, except the ones in its arguments. With DATABASE_URL=… it uses
that database, which is migrated already. It first prints the address of its database, and a psql
for journeys that read it.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import environment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("settings", nargs="*", metavar="NAME=value")
    arguments = parser.parse_args()
    given = dict(setting.split("=", 1) for setting in arguments.settings)
    # uvicorn raises the signal again after it has stopped; the code below must still run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if url := given.get("DATABASE_URL"):
        _apply(arguments.port, url, given)
        _serve(arguments.port)
        return
    with _database() as url:
        _apply(arguments.port, url, given)
        _migrate()
        _serve(arguments.port)


@contextmanager
def _database() -> Iterator[str]:
    from src.embedded import cluster

    with tempfile.TemporaryDirectory(prefix="postern-") as folder:
        data = Path(folder) / "postgres"
        url = cluster.start(data, durable=False)
        print(f"database: {url}", flush=True)  # noqa: T201 -- journeys read it
        print(f"psql: {cluster.bundled('psql')}", flush=True)  # noqa: T201 -- journeys start it
        try:
            yield url
        finally:
            cluster.close(data)


def _apply(port: int, url: str, given: dict[str, str]) -> None:
    os.environ.setdefault("WEB_URL", "http://localhost:3000")
    addresses = {"API_URL": f"http://localhost:{port}", "DATABASE_URL_UNPOOLED": url}
    environment.apply(**addresses | {"DATABASE_URL": url} | given)


def _migrate() -> None:
    from src.schema.migrations import runner

    runner.upgrade()


def _serve(port: int) -> None:
    from src.serving import serve
    from src.web.server import Options

    serve(Options(port=port))


if __name__ == "__main__":
    main()
