"""The command `postern upkeep`."""

import threading
from collections.abc import Iterator, Sequence

from src.upkeep.jobs import Job
from src.upkeep.service import Ran, run_due


def run(jobs: Sequence[Job]) -> Iterator[str]:
    """A line for each finished job. Raises `JobsFailed` at the end if one has failed."""
    ran: list[Ran] = []
    for one in run_due(jobs, threading.Event()):
        ran.append(one)
        yield f"{one.job.name}: " + ("failed" if one.rows is None else f"{one.rows} rows")
    if not ran:
        yield "No job is due, or another process is running it."
    failed = [one.job.name for one in ran if one.rows is None]
    if failed:
        raise JobsFailed(f"{', '.join(failed)} failed; the lines above say why")


class JobsFailed(Exception):  # noqa: N818  it names the fact
    """Some jobs have failed, and are due again soon."""
