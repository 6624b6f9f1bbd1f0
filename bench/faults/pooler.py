"""Faults of PgBouncer."""

import psutil

from bench.faults.stage import Stage


def pgbouncer_killed(stage: Stage) -> None:
    """PgBouncer is killed. Five seconds later it is started again."""
    stage.people.wait_for_requests(1)
    stage.pooler.kill()
    stage.hold()
    stage.pooler.restart()


def pgbouncer_paused(stage: Stage) -> None:
    """PgBouncer is stopped (SIGSTOP)."""
    process = psutil.Process(stage.pooler.pid)
    stage.people.wait_for_requests(1)
    process.suspend()
    try:
        stage.hold()
    finally:
        process.resume()
