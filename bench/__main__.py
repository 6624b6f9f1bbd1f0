"""Measures Postern and its peers side by side, and says which goals are met.

The exit code does not depend on the figures: it is 1 if something could not be measured, else 0.
"""

import argparse
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bench import cores
from bench.goals import judged
from bench.plan import FULL, LONG_REFRESH, QUICK, Plan
from bench.report import (
    document,
    medians_of,
    print_failures,
    print_goals,
    print_load,
    print_table,
    write,
)
from bench.run import SCENARIOS, run
from bench.services import SERVICES

BENCH = Path(__file__).resolve().parent


def main() -> int:
    arguments = _parsed()
    plan, options = _plan(arguments), dict(arguments.setting)
    services = [kind for kind in SERVICES if kind.name in arguments.services]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server is left behind
    cores.require()
    with cores.pinned(cores.LOAD):
        results = run(services, arguments.only, plan, options)
    medians = medians_of(results)
    goals = judged(
        medians,
        results.failures,
        people=plan.large_table,
        memory_requests=plan.memory_requests,
        refresh_seconds=plan.refresh,
        pairs=plan.pairs,
    )
    path = write(document(plan, options, services, results, goals), arguments.output)
    names = [kind.name for kind in services]
    print_table(medians, results.failures, names)
    print_load(medians, names)
    print_failures(results.failures)
    print_goals(goals)
    chart = (BENCH / ".venv" / "bin" / "python", BENCH / "chart.py", path)
    subprocess.run(chart, check=True)
    print(f"\n{path} and chart.svg and chart.png beside it")
    return 1 if results.failures else 0


def _plan(arguments: argparse.Namespace) -> Plan:
    plan = QUICK if arguments.quick else FULL
    rounds = arguments.rounds or plan.rounds
    if arguments.long:
        peers = plan.memory_requests
        plan = replace(plan, name="long", refresh=LONG_REFRESH, peers_memory_requests=peers)
        rounds = arguments.rounds or 1
    return replace(plan, rounds=rounds, pairs=arguments.pairs or plan.pairs)


def _parsed() -> argparse.Namespace:
    names = [kind.name for kind in SERVICES]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter: under four minutes")
    parser.add_argument("--long", action="store_true", help="ten minutes of refreshing, one round")
    parser.add_argument("--only", type=_some_of(SCENARIOS), default=list(SCENARIOS), help="a,b")
    parser.add_argument("--services", type=_some_of(names), default=names, help="a,b")
    parser.add_argument("--rounds", type=int, help="how often each scenario is run")
    parser.add_argument("--pairs", type=int, help="refused sign-ins of each kind")
    parser.add_argument(
        "--setting", type=_setting, action="append", default=[], help="of Postern: RATE_LIMITS=on"
    )
    parser.add_argument("--output", type=Path, default=BENCH / "results", help="a folder")
    return parser.parse_args()


def _some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(known)}")
        return chosen

    return read


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("NAME=value")
    return name, value


if __name__ == "__main__":
    raise SystemExit(main())
