"""How many cores this process may use: what the system allows, shared with its sibling workers."""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

WORKERS = re.compile(r"(?:--workers[= ]|-w[= ]?)(\d+)(?: |$)")
"""As `uvicorn`, `fastapi run` and `gunicorn` take the number of processes."""

LIMIT = re.compile(r"^(?P<quota>\d+)\s+(?P<period>[1-9]\d*)\s*$")


def share() -> int:
    """The cores that one of this service's processes should keep busy; at least one."""
    return max(1, usable() // workers(sys.argv, os.environ))


def usable(root: Path = Path("/")) -> int:
    """Cores by affinity and by the quota of the control group, rounded down; at least one.

    Past its quota a whole process is stopped for a while, its event loop too.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, int(min([allowed or 1, *_quotas(root)])))


def workers(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """How many processes serve side by side: the command that began this one says it."""
    told = WORKERS.search(" ".join(arguments[1:]))
    number = told[1] if told else environ.get("WEB_CONCURRENCY", "")
    return max(1, int(number)) if number.isdecimal() else 1


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
    """Quota by period; without a quota it is `max` in v2 and -1 in v1."""
    match = LIMIT.search(text)
    return int(match["quota"]) / int(match["period"]) if match else float("inf")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
