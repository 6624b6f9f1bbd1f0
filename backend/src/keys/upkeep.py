"""Removes keys whose last token has expired."""

import threading

from src.database.database import unit_of_work
from src.keys import steps
from src.upkeep.jobs import Job


def purge(_stopping: threading.Event) -> int:
    with unit_of_work() as db:
        return steps.remove_spent(db)


JOBS = (Job("purge_signing_keys", purge),)
