"""Runs the stages of `make test`: two lanes at the same time, and a summary at the end.

The output of a stage is printed when the stage ends. `make STAGE` shows it as it happens.
"""

import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANES = (
    ("check-stamps", "check-backend", "test-python-package", "test-backend"),
    ("check-web", "test-web", "test-e2e", "test-elsewhere"),
)
FAILED_TEST = re.compile(r"(FAILED|ERROR) \S+::| +FAIL  |    \S+\.spec\.ts:\d+:\d+ ")
"""As the summaries of pytest, Vitest and Playwright name a test."""


@dataclass(frozen=True)
class Outcome:
    stage: str
    seconds: float
    passed: bool
    left_out: tuple[str, ...]
    failed_tests: tuple[str, ...]


def main() -> int:
    outcomes: list[Outcome] = []
    speaking = threading.Lock()
    lanes = [threading.Thread(target=run_lane, args=(lane, outcomes, speaking)) for lane in LANES]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    print_summary(outcomes)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def run_lane(stages: tuple[str, ...], outcomes: list[Outcome], speaking: threading.Lock) -> None:
    """Runs every stage, even after one has failed: a person wants to see all failures."""
    for stage in stages:
        began = time.monotonic()
        with speaking:
            print(f"… make {stage}", flush=True)
        done = subprocess.run(
            ["make", stage, "SYSTEM_PACKAGES=true"],  # `make test` has installed them
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = done.stdout.decode(errors="replace")
        lines = output.splitlines()
        left_out = tuple(line for line in lines if line.startswith("LEFT OUT"))
        failed = tuple(line.strip() for line in lines if FAILED_TEST.match(line))
        outcome = Outcome(stage, time.monotonic() - began, done.returncode == 0, left_out, failed)
        with speaking:
            outcomes.append(outcome)
            print(f"\n━━ make {stage} ━━\n{output}", flush=True)


def print_summary(outcomes: list[Outcome]) -> None:
    order = [stage for lane in LANES for stage in lane]
    print("━━ summary ━━")
    for outcome in sorted(outcomes, key=lambda outcome: order.index(outcome.stage)):
        mark = "ok    " if outcome.passed else "FAILED"
        print(f"{mark} {outcome.stage:<14} {outcome.seconds:6.1f} s")
        for line in (*outcome.failed_tests, *outcome.left_out):
            print(f"       {line}")
    if any(outcome.left_out for outcome in outcomes):
        print("Some tests did not run: see LEFT OUT above.")


if __name__ == "__main__":
    sys.exit(main())
