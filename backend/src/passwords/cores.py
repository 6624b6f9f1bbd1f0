"""The number of cores that this process may use, as far as the system shows it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

LIMIT = re.compile(r"^(?P<quota>\d+)\s+(?P<period>[1-9]\d*)\s*$")


def usable(root: Path = Path("/")) -> int:
    """The cores by affinity and by the quota of the control group, rounded down, at least one.

    Above its quota a process is stopped for a while, including its event loop.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, int(min([allowed or 1, *_quotas(root)])))


def _quotas(root: Path) -> Iterator[float]:
    """The limits of the control group and of all above it, in cores (cgroup v2 and v1)."""
    groups = root / "sys/fs/cgroup"
    v1 = (_read(groups / "cpu" / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
    yield _ratio(" ".join(v1))
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, path = line.partition("::")
        if number == "0":
            own = groups / path.lstrip("/")
            for group in (own, *own.parents):
                yield _ratio(_read(group / "cpu.max"))


def _ratio(text: str) -> float:
    """The quota divided by the period. Without a quota it is `max` in v2 and -1 in v1."""
    match = LIMIT.search(text)
    return int(match["quota"]) / int(match["period"]) if match else float("inf")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
