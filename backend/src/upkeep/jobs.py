"""A job: work that is due at an interval, and that one process of all does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from src.database.database import unit_of_work

BATCH = 2000
"""Rows of one transaction, which takes some ten milliseconds."""
PAUSE = 0.05
"""Seconds between two transactions, in which requests go through."""
HOURLY = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[threading.Event], int]
    """Does it until the event is set, and gives how many rows were removed or found."""
    every: timedelta = HOURLY


def in_batches(remove: Callable[[Session], int], stopping: threading.Event) -> int:
    """Call `remove`, which takes `BATCH` rows at most, until there are none left."""
    removed = 0
    while not stopping.is_set():
        with unit_of_work() as db:
            count = remove(db)
        removed += count
        if count < BATCH:
            break
        stopping.wait(PAUSE)
    return removed
