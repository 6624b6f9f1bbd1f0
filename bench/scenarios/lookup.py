"""Signing in with a thousand accounts in the table, and with a million.

A second server of the same service runs on a database with the large table. This program also
times the look-up's own statement on both databases, in turn, on a connection of its own.
"""

import time
from collections.abc import Callable

from bench.measures import median, ratio
from bench.plan import Plan
from bench.postgres import Postgres
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services.base import address_of

STRIDE = 7_919
"""A prime, so that the accounts that sign in are spread over the table."""


def grown(postgres: Postgres, server: Server, plan: Plan) -> Server:
    """A second server, on a copy of the database that has been filled with accounts."""
    service = server.service
    large = type(service)(f"{service.database}_large", service.socket_folder, service.options)
    server.stop()  # PostgreSQL copies a database only while it has no connections
    postgres.run("postgres", f'CREATE DATABASE "{large.database}" TEMPLATE "{service.database}"')
    server.start()
    first = plan.small_table + 1
    postgres.run(large.database, service.copy_people, first=first, last=plan.large_table)
    postgres.run(large.database, "VACUUM ANALYZE")
    return Server(large)


def measure(postgres: Postgres, server: Server, plan: Plan) -> Figures:
    large = grown(postgres, server, plan)
    try:
        return _compared(postgres, server, large, plan)
    finally:
        large.stop()


def _compared(postgres: Postgres, small: Server, large: Server, plan: Plan) -> Figures:
    counts = (plan.small_table, plan.large_table)
    lookups = [_look_up(postgres, server) for server in (small, large)]
    signins = [_sign_in(server) for server in (small, large)]
    found = {
        "lookup": _interleaved(lookups, counts, plan.lookups, plan.lookups_within),
        "signin": _interleaved(signins, counts, plan.signins_per_table, plan.lookups_within),
    }
    figures: Figures = {}
    for name, (few, many) in found.items():
        figures |= {f"{name}_small_ms": few, f"{name}_large_ms": many}
        figures[f"{name}_ratio"] = ratio(many, few)
    figures["lookup_share"] = ratio(found["lookup"][1], found["signin"][1])
    return figures


def _look_up(postgres: Postgres, server: Server) -> Callable[[str], None]:
    cursor = postgres.connect(server.service.database).cursor()

    def ask(email: str) -> None:
        cursor.execute(server.service.look_up, {"email": email})
        assert cursor.fetchone() is not None, email  # noqa: S101  otherwise another query was timed

    return ask


def _sign_in(server: Server) -> Callable[[str], None]:
    return lambda email: server.ask(server.service.signin(email)) and None


def _interleaved(
    both: list[Callable[[str], None]], counts: tuple[int, int], times: int, within: float
) -> tuple[float, float]:
    """The medians in ms of the small and of the large table, of fewer runs if they are slow."""
    taken: tuple[list[float], list[float]] = ([], [])
    until = time.monotonic() + within
    for turn in range(times + 1):
        for ask, count, into in zip(both, counts, taken, strict=True):
            began = time.perf_counter()
            ask(address_of(turn * STRIDE % count + 1))
            into.append((time.perf_counter() - began) * 1000)
        if time.monotonic() > until:
            break
    small, large = (median(values[1:] or values) for values in taken)  # the first run is a warm-up
    return small, large
