"""Debian's own PostgreSQL, which is older than the bundled one.

A test that uses it is marked with `needs("postgresql")`.
"""

from pathlib import Path

from src.embedded import cluster
from tests.support.needs import MACHINE


def programs() -> Path | None:
    """The folder of the oldest server's programs."""
    servers = MACHINE.glob("usr/lib/postgresql/*/bin/postgres")
    return min((server.parent for server in servers), key=_major_version, default=None)


def _major_version(folder: Path) -> float:
    return float(folder.parent.name)  # there was a 9.6


class DebianCluster(cluster.Cluster):
    """For `OwnPostgres(kind=DebianCluster)` and `ready_made(kind=DebianCluster)`."""

    # Options that every version has.
    initdb_options = (
        "--auth=trust",
        f"--username={cluster.SUPERUSER}",
        "--encoding=UTF8",
        "--locale=C",
    )

    def program(self, command: str) -> Path:
        folder = programs()
        assert folder is not None, "mark the test with needs('postgresql')"
        return folder / command
