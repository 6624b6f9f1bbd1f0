"""Faults of PostgreSQL, and of the way to it."""

import time
from contextlib import suppress

import psutil
import psycopg2

from bench.faults.stage import Stage
from tests.support.obstacles import locked

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'app' AND application_name = 'postern'"


def postgresql_killed(stage: Stage) -> None:
    """All processes of PostgreSQL are killed. Five seconds later it is started again."""
    stage.people.wait_for_requests(1)
    stage.postgres.kill()
    stage.hold()
    stage.postgres.restart_after_kill()


def postgresql_paused(stage: Stage) -> None:
    """All processes of PostgreSQL are stopped (SIGSTOP). Their port accepts connections."""
    stage.people.wait_for_requests(1)
    with stage.postgres.frozen():
        stage.hold()


def backend_killed(stage: Stage) -> None:
    """One server process of a request is killed (SIGKILL). PostgreSQL then ends all of them."""
    _backend(stage).kill()


def backend_paused(stage: Stage) -> None:
    """One server process of a request is stopped (SIGSTOP)."""
    process = _backend(stage)
    process.suspend()
    try:
        stage.hold()
    finally:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def read_only_failover(stage: Stage) -> None:
    """The primary is killed. Its address leads to a standby, which is promoted five seconds later.

    Replication is synchronous, so the standby has every commit that was confirmed.
    """
    stage.people.wait_for_requests(1)
    stage.postgres.kill()
    stage.wire.target = stage.standby.port
    stage.hold()
    stage.standby.promote()
    stage.postgres = stage.standby


def slots_exhausted(stage: Stage) -> None:
    """Other clients take all connections of PostgreSQL, also those that Postern had."""
    where = stage.postgres.url().set(drivername="postgresql").render_as_string(hide_password=False)
    held: list[psycopg2.extensions.connection] = []
    until = time.monotonic() + 5
    try:
        while time.monotonic() < until:
            stage.postgres.sql(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS}) found")
            with suppress(psycopg2.OperationalError):
                while True:
                    held.append(psycopg2.connect(where))
            time.sleep(0.01)
    finally:
        for connection in held:
            connection.close()


def lock_held(stage: Stage) -> None:
    """Somebody holds the table of accounts (ACCESS EXCLUSIVE)."""
    own = stage.postgres.cluster.data_dir
    direct = psycopg2.connect(
        host=str(own), port=stage.postgres.port, user="postgres", dbname="service"
    )
    try:
        with locked(direct, "user"):
            stage.hold()
    finally:
        direct.close()


def cut_at_commit(stage: Stage) -> None:
    """Of five COMMITs, one is lost with its connection, and the answer to another one is lost."""
    stage.wire.cuts_commits = True
    stage.hold()
    stage.wire.cuts_commits = False


def _backend(stage: Stage) -> psutil.Process:
    """A server process of the service, at work if one is."""
    found = stage.postgres.sql(f"{BACKENDS} ORDER BY state = 'active' DESC, state_change DESC")
    return psutil.Process(int(str(found[0][0])))
