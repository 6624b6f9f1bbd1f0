"""Debian's own PostgreSQL is older than the bundled one, and runs in tests in the same way."""

import pytest

from tests.support.debian_postgres import DebianCluster, programs
from tests.support.own_postgres import ready_made


@pytest.mark.once("a server of its own")
@pytest.mark.needs("postgresql")
def test_debians_postgresql_runs_with_our_tables() -> None:
    server = ready_made(migrated=True, kind=DebianCluster)
    try:
        ((version,),) = server.sql("SHOW server_version")
        ((users,),) = server.sql('SELECT count(*) FROM "user"', "service")
    finally:
        server.close()

    assert str(version).split(".")[0] == programs().parent.name.split(".")[0]  # type: ignore[union-attr]
    assert users == 0
