"""How many processor cores a process may use, on all kinds of machines."""

import os
from pathlib import Path

import pytest

from src.passwords import cores

ALL = len(os.sched_getaffinity(0))


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


class TestUsable:
    def test_without_control_groups_all_allowed_cores_count(self, tmp_path: Path) -> None:
        assert cores.usable(tmp_path) == ALL

    def test_the_cpu_affinity_is_respected(self) -> None:
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(allowed)})
        try:
            assert cores.usable() == 1
        finally:
            os.sched_setaffinity(0, allowed)

    @pytest.mark.parametrize(
        ("files", "quota"),
        [
            ({"sys/fs/cgroup/cpu.max": "150000 100000\n"}, 1.5),
            ({"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5),
            ({"sys/fs/cgroup/cpu.max": "max 100000\n"}, float("inf")),
            (
                {
                    "sys/fs/cgroup/pod/cpu.max": "max 100000",
                    "sys/fs/cgroup/cpu.max": "100000 100000",
                },
                1,
            ),
            ({"sys/fs/cgroup/cpu.max": "what is this\n"}, float("inf")),
            (
                {
                    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000\n",
                    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                },
                1,
            ),
            (
                {
                    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                },
                float("inf"),
            ),
        ],
    )
    def test_a_quota_from_any_control_group_is_rounded_down(
        self, tmp_path: Path, files: dict[str, str], quota: float
    ) -> None:
        groups = {"proc/self/cgroup": "4:memory:/x\n0::/pod\n"}
        assert cores.usable(machine(tmp_path, groups | files)) == max(1, int(min(ALL, quota)))
