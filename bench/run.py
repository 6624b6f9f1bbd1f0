"""Runs the scenarios in rounds. In each round it measures one service after the other."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from bench.goals import OURS
from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios import (
    enumeration,
    flood,
    inputs,
    lookup,
    mail,
    memory,
    profile,
    refresh,
    signin,
    storm,
)
from bench.scenarios.figures import Figures
from bench.servers import Server, ServerErred
from bench.services.base import Service

IN_ROUNDS: dict[str, Callable[[Server, Plan], Figures | None]] = {
    "signin": signin.measure,
    "profile": profile.measure,
    "refresh": refresh.measure,
    "storm": storm.measure,
}
ONCE: dict[str, Callable[[Postgres, Server, Plan], Figures | None]] = {
    "flood": flood.measure,
    "lookup": lookup.measure,
    "memory": lambda _, server, plan: memory.measure(server, plan),
    "enumeration": enumeration.measure,
    "mail": mail.measure,
    "inputs": inputs.measure,
}
SCENARIOS = (*IN_ROUNDS, *ONCE)
LONGEST_REASON = 300


@dataclass
class Results:
    """The figures of each round, by scenario and service."""

    rounds: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    """By scenario and service, one line that says why it could not be measured: the first error."""
    postgres: str | None = None
    """Its version."""

    def add(self, scenario: str, service: str, figures: Figures | None) -> None:
        found = self.rounds.setdefault(scenario, {}).setdefault(service, [])
        if figures is not None:
            found.append(figures)

    def fail(self, scenario: str, service: str, error: Exception) -> None:
        self.failures.setdefault(scenario, {}).setdefault(service, in_one_line(error))


def in_one_line(error: Exception) -> str:
    """The first and the last line of an error: the last line of a log is usually the reason."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = " ".join(dict.fromkeys((*lines[:1], *lines[-1:])))[:LONGEST_REASON]
    return said if isinstance(error, ServerErred) else f"{type(error).__name__}: {said}"


def run(
    services: list[type[Service]], scenarios: list[str], plan: Plan, options: dict[str, str]
) -> Results:
    """Run the scenarios and record errors. In any case, stop everything that was started."""
    postgres, servers = Postgres(), list[Server]()
    results = Results()
    try:
        results.postgres = postgres.version
        for kind in services:
            service = kind(f"bench_{kind.name}", postgres.socket_folder, options)
            try:
                postgres.create(service.database)
                servers.append(ready(postgres, service, plan.small_table))
            except Exception as error:  # noqa: BLE001  the others are measured in any case
                print(error, file=sys.stderr)
                for scenario in scenarios:
                    results.fail(scenario, kind.name, error)
        _in_rounds(results, servers, scenarios, plan)
        _once(results, postgres, servers, scenarios, plan)
    finally:
        for server in servers:
            server.stop()
        postgres.close()
    return results


def _in_rounds(results: Results, servers: list[Server], scenarios: list[str], plan: Plan) -> None:
    for number in range(plan.rounds):
        turn = number % max(1, len(servers))
        for scenario, measure in IN_ROUNDS.items():
            if scenario not in scenarios:
                continue
            for server in (*servers[turn:], *servers[:turn]):  # each service is first in turn
                what = f"round {number + 1} of {plan.rounds}, {scenario}"
                record(results, scenario, server, partial(measure, server, plan), what)


def _once(
    results: Results,
    postgres: Postgres,
    servers: list[Server],
    scenarios: list[str],
    plan: Plan,
) -> None:
    for scenario, measure in ONCE.items():
        if scenario in scenarios:
            for server in servers:
                if plan.peers_once or server.service.name == OURS:
                    work = partial(measure, postgres, server, plan)
                    record(results, scenario, server, work, scenario)


def record(
    results: Results,
    scenario: str,
    server: Server,
    measure: Callable[[], Figures | None],
    what: str,
) -> None:
    """Measure. If that fails, record the reason and restart the server for the next scenario."""
    service = server.service.name
    try:
        with _Progress(what, server):
            server.require_running()
            results.add(scenario, service, measure())
    except Exception as error:  # noqa: BLE001  the run continues in any case
        print(error, file=sys.stderr)
        results.fail(scenario, service, error)
        with suppress(ServerErred):
            server.restart()


class _Progress:
    """One line on screen about what is being measured. At its end the server is idle."""

    def __init__(self, what: str, server: Server) -> None:
        self._server = server
        self._line = f"{what}: {server.service.name}"

    def __enter__(self) -> None:
        self._began = time.monotonic()
        print(f"{self._line} …", end="", flush=True, file=sys.stderr)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._server.come_to_rest()
        print(f" {time.monotonic() - self._began:.0f} s", flush=True, file=sys.stderr)
