"""The core of the server and the core of the load. A child process inherits the core."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

MINIMUM = 2
AVAILABLE = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
LOAD, SERVER = (AVAILABLE[0], AVAILABLE[-1]) if AVAILABLE else (0, 0)


def require() -> None:
    """End the process if the server and the load cannot have a core each."""
    if len(AVAILABLE) < MINIMUM:
        raise SystemExit("make bench needs Linux and two cores: one for the server, one for load.")


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Processes that are started inside this block run on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Busy:
    """How busy a core was since this object was made, with all its processes: 0 to 1."""

    def __init__(self, core: int) -> None:
        self._core = core
        self._began = self._times()

    def share(self) -> float:
        idle, total = (now - then for now, then in zip(self._times(), self._began, strict=True))
        return 1 - idle / total if total else 0.0

    def _times(self) -> tuple[float, float]:
        times = psutil.cpu_times(percpu=True)[self._core]
        return times.idle + times.iowait, sum(times[:8])
