"""Faults of the machine that the API runs on."""

from bench.faults.stage import Stage


def disk_full_for_logs(stage: Stage) -> None:
    """Each line of the log fails, as on a full disk (ENOSPC)."""
    stage.apis[0].disturb("disk full")
    stage.hold()
    stage.apis[0].disturb("disk free")
