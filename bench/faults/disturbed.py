"""`postern serve` whose host's clock and disk can be disturbed, by lines on its standard input.

`clock 3600` moves the clock an hour ahead, `clock 0` back; `disk full` makes each line of the log
fail as on a full disk, `disk free` ends that. The rest is the real program.
"""

import os
import sys
import threading
from datetime import timedelta

from src.cli import app
from src.kit.clock import clock, host_time

OUTPUTS = (1, 2)


def main() -> None:
    if ahead := os.environ.get("CLOCK_AHEAD"):
        _move(float(ahead))
    threading.Thread(target=_obey, daemon=True).start()
    app()


def _obey() -> None:
    log = os.dup(OUTPUTS[0])
    for line in sys.stdin:
        match line.split():
            case ["clock", seconds]:
                _move(float(seconds))
            case ["disk", "full"]:
                _write_to(os.open("/dev/full", os.O_WRONLY))
            case _:
                _write_to(os.dup(log))


def _move(seconds: float) -> None:
    clock.host = lambda: host_time() + timedelta(seconds=seconds)


def _write_to(descriptor: int) -> None:
    for output in OUTPUTS:
        os.dup2(descriptor, output)
    os.close(descriptor)


if __name__ == "__main__":
    main()
