"""Faults of the parts around Postern, one after the other, and a table of what clients noticed.

make faults                                    # six minutes
make faults ARGS="--only postgresql_killed,sigterm"
"""

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable

from bench.faults import clocks, database, floods, machine, pooler, processes, tally
from bench.faults.stage import Setup, Stage, stage
from bench.faults.tally import Outcome

BEFORE, AFTER, QUIET, AT_MOST = 3.0, 4.0, 2.0, 25.0
"""Seconds: before a fault; after it, at least; without a failure at the end; after it, at most."""
ALONE, POOLED, WIRED = Setup(), Setup(pooled=True), Setup(wired=True)
WORKERS, PAIR = Setup(workers=2), Setup(apis=2)
OWN_CLOCKS = Setup(apis=2, disturbed=True)
FAULTS: dict[Callable[[Stage], None], Setup] = {
    database.postgresql_killed: ALONE,
    database.postgresql_paused: ALONE,
    database.backend_killed: ALONE,
    database.backend_paused: ALONE,
    database.read_only_failover: Setup(wired=True, followed=True),
    database.slots_exhausted: Setup(slots=30),
    database.lock_held: ALONE,
    database.cut_at_commit: WIRED,
    pooler.pgbouncer_killed: POOLED,
    pooler.pgbouncer_paused: POOLED,
    processes.worker_killed: WORKERS,
    processes.worker_paused: WORKERS,
    processes.workers_killed: WORKERS,
    processes.workers_paused: WORKERS,
    processes.sigterm: PAIR,
    machine.disk_full_for_logs: Setup(disturbed=True),
    clocks.clock_ahead: OWN_CLOCKS,
    clocks.clock_back: OWN_CLOCKS,
    clocks.clocks_skewed: OWN_CLOCKS,
    floods.flood_from_many_networks: ALONE,
}
BY_NAME = {fault.__name__: fault for fault in FAULTS}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default=",".join(BY_NAME), help="names, separated by commas")
    names = parser.parse_args().only.split(",")
    if unknown := [name for name in names if name not in BY_NAME]:
        parser.error(f"no fault is called {', '.join(unknown)}. There are: {', '.join(BY_NAME)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(tally.head(), flush=True)
    mistakes = [f"{name}: {mistake}" for name in names for mistake in _tried(BY_NAME[name])]
    print("", *map(what_is_done, names), sep="\n")
    print(*mistakes, sep="\n", file=sys.stderr)
    return 1 if mistakes else 0


def _tried(fault: Callable[[Stage], None]) -> list[str]:
    """Print its row of the table, and return what must never be. The run continues in any case."""
    began = time.monotonic()
    try:
        with stage(FAULTS[fault]) as here:
            outcome = _observed(fault, here)
    except Exception as error:  # noqa: BLE001  the other faults are tried all the same
        traceback.print_exc()
        return [f"it could not be tried: {error!r}"]
    finally:
        print(f"{fault.__name__}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(tally.row(outcome), flush=True)
    return outcome.mistakes()


def _observed(fault: Callable[[Stage], None], here: Stage) -> Outcome:
    people = here.people
    people.settle()
    people.begin()
    time.sleep(BEFORE)
    began = time.monotonic()
    fault(here)
    ended = time.monotonic()
    time.sleep(AFTER)
    while time.monotonic() < ended + AT_MOST and not people.well_since(time.monotonic() - QUIET):
        time.sleep(0.1)
    people.end()
    return Outcome(title(fault.__name__), people.answers, began, ended, people.kept(here.saved()))


def title(name: str) -> str:
    return name.replace("_", " ")


def what_is_done(name: str) -> str:
    """A row of the table that says it."""
    return tally.line([title(name), " ".join(str(BY_NAME[name].__doc__).split())])


if __name__ == "__main__":
    raise SystemExit(main())
