"""Runs jobs: in a thread of the service while its database is in use, or in a command."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from src.database.database import Database, unit_of_work, using
from src.kit import metrics
from src.kit.problem import Problem
from src.upkeep import steps
from src.upkeep.jobs import Job
from src.upkeep.steps import Outcome

log = logging.getLogger("postern.upkeep")

LOOK_EVERY = 60.0
"""Seconds."""
IN_USE_FOR = 60.0
"""Seconds since the last request used the database. After that the database may sleep."""


@dataclass(frozen=True)
class Ran:
    """A job and how many rows it removed or found. None: it failed, and the log says why."""

    job: Job
    rows: int | None


def run_due(jobs: Sequence[Job], stopping: threading.Event) -> Iterator[Ran]:
    """Run each due job that no other process is running."""
    for job in jobs:
        if stopping.is_set():
            return
        with unit_of_work() as db:
            lease = steps.claim(db, job)
        if lease is None:
            continue
        outcome = Outcome.INTERRUPTED
        try:
            rows = _run(job, stopping)
            if not stopping.is_set():
                outcome = Outcome.FAILED if rows is None else Outcome.DONE
        finally:  # also at Ctrl-C
            with unit_of_work() as db:
                steps.finish(db, job, lease, outcome)
        yield Ran(job, rows)


def _run(job: Job, stopping: threading.Event) -> int | None:
    began = time.perf_counter()
    try:
        rows = job.run(stopping)
    except Problem as problem:  # the database is down: try later
        log.warning("%s was postponed: %s", job.name, problem.code)
        rows = None
    except Exception:
        log.exception("%s has failed", job.name)
        rows = None
    metrics.upkeep_seconds.labels(job.name).observe(time.perf_counter() - began)
    metrics.upkeep_runs.labels(job.name, "failed" if rows is None else "done").inc()
    if rows:
        log.info("%s: %s rows", job.name, rows)
    return rows


class Upkeep:
    """One thread. It looks for due jobs at its start, then only while the database is in use."""

    def __init__(self, jobs: Sequence[Job], database: Database) -> None:
        self.jobs = tuple(jobs)
        self.look_every = LOOK_EVERY
        self._database = database
        self._looked = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _work(self) -> None:
        with using(self._database), self._database.in_background():
            while not self._stopping.is_set():
                if not self._looked or self._database.idle_for < IN_USE_FOR:
                    self._look()
                self._stopping.wait(self.look_every)

    def _look(self) -> None:
        try:
            for _ in run_due(self.jobs, self._stopping):
                pass
            self._looked = True
        except Problem as problem:
            log.info("upkeep was postponed: %s", problem.code)
        except Exception:
            log.exception("upkeep has failed")
