"""Runs the scenarios over the services: in rounds, one service after the other in each."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios import enumeration, lookup, memory, profile, refresh, signin, storm
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services.base import Service

IN_ROUNDS: dict[str, Callable[[Server, Plan], Figures | None]] = {
    "signin": signin.measure,
    "profile": profile.measure,
    "refresh": refresh.measure,
    "storm": storm.measure,
}
ONCE: dict[str, Callable[[Postgres, Server, Plan], Figures | None]] = {
    "lookup": lookup.measure,
    "memory": lambda _, server, plan: memory.measure(server, plan),
    "enumeration": enumeration.measure,
}
SCENARIOS = (*IN_ROUNDS, *ONCE)


@dataclass
class Results:
    """What was found: by scenario and service, the figures of each round."""

    rounds: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)

    def add(self, scenario: str, service: str, figures: Figures | None) -> None:
        found = self.rounds.setdefault(scenario, {}).setdefault(service, [])
        if figures is not None:
            found.append(figures)


def run(
    services: list[type[Service]], scenarios: list[str], plan: Plan, options: dict[str, str]
) -> Results:
    """Measure; whatever happens, what was started is stopped."""
    postgres, servers = Postgres(), list[Server]()
    results = Results()
    try:
        for kind in services:
            service = kind(f"bench_{kind.name}", postgres.socket_folder, options)
            postgres.create(service.database)
            servers.append(ready(postgres, service, plan.small_table))
        _in_rounds(results, servers, scenarios, plan)
        _once(results, postgres, servers, scenarios, plan)
    finally:
        for server in servers:
            server.stop()
        postgres.close()
    return results


def _in_rounds(results: Results, servers: list[Server], scenarios: list[str], plan: Plan) -> None:
    for number in range(plan.rounds):
        turn = number % len(servers)
        for scenario, measure in IN_ROUNDS.items():
            if scenario not in scenarios:
                continue
            for server in (*servers[turn:], *servers[:turn]):  # nobody is always the first
                with _Told(f"round {number + 1} of {plan.rounds}, {scenario}", server):
                    results.add(scenario, server.service.name, measure(server, plan))


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
                with _Told(scenario, server):
                    results.add(scenario, server.service.name, measure(postgres, server, plan))


class _Told:
    """One line about what is being measured; at its end the server has come to rest."""

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
