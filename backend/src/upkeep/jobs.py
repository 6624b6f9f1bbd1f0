"""A job: work that is due at an interval, and that only one process does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from src.database.database import unit_of_work

BATCH = 2000
"""Rows in one transaction, which takes about ten milliseconds."""
PAUSE = 0.05
"""Seconds between two transactions, so that requests can run."""
HOURLY = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[threading.Event], int]
    """Runs the job until the event is set, and returns how many rows it removed or found."""
    every: timedelta = HOURLY


def in_batches(remove: Callable[[Session], int], stopping: threading.Event) -> int:
    """Call `remove`, which removes at most `BATCH` rows, until none are left."""
    removed = 0
    while not stopping.is_set():
        with unit_of_work() as db:
            count = remove(db)
        removed += count
        if count < BATCH:
            break
        stopping.wait(PAUSE)
    return removed
