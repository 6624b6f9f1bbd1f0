"""A whole Postern for browser tests: its own PostgreSQL, migrated, and the API until SIGTERM.

python -m tests.support.api_server --port 8123 RATE_LIMITS=on

It uses the settings of the tests, except the ones in its arguments. The first line that it prints
is the address of its database, for journeys that read it.
"""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.support import environment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("settings", nargs="*", metavar="NAME=value")
    arguments = parser.parse_args()
    port = arguments.port
    given = dict(setting.split("=", 1) for setting in arguments.settings)
    # uvicorn raises the signal again after it has stopped; the code below must still run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory(prefix="postern-") as folder:
        from src.embedded import cluster

        data = Path(folder) / "postgres"
        url = cluster.start(data, durable=False)
        print(f"database: {url}", flush=True)  # noqa: T201 -- journeys read it
        os.environ.setdefault("WEB_URL", "http://localhost:3000")
        api_url = f"http://localhost:{port}"
        environment.apply(API_URL=api_url, DATABASE_URL=url, DATABASE_URL_UNPOOLED=url, **given)
        try:
            _serve(port)
        finally:
            cluster.close(data)


def _serve(port: int) -> None:
    from src.schema.migrations import runner
    from src.serving import serve
    from src.web.server import Options

    runner.upgrade()
    serve(Options(port=port))


if __name__ == "__main__":
    main()
