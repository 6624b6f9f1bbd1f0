"""Floods of sign-ins of several kinds, each on a fresh Postern with all its limits.

backend/.venv/bin/python -m bench.floods   # five minutes; --only own_devices,one_account
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from bench import cores
from bench.plan import QUICK, Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios import flood
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services import Postern
from bench.services.base import PASSWORD, Request, address_of

OWN = range(301, 321)
"""Accounts of the attacker."""
DEVICES = 3
"""Of each of these accounts."""
PEOPLE = 10
"""On known devices, by turns: nobody signs in every two seconds."""
COLUMNS = {
    "known_share": "known devices",
    "first_share": "first sign-ins",
    "refresh_failures": "refreshes failed",
    "refresh_p99_ms": "refresh p99, ms",
    "profile_failures": "profiles failed",
    "profile_p99_ms": "profile p99, ms",
    "database_unavailable": "database_unavailable",
    "rate_limit_rows": "rows of rate_limit",
    "failure_streak_rows": "of failure_streak",
}
FORMS = {"known_share": "{:.0%}", "first_share": "{:.0%}"}


def one_provider(server: Server) -> list[Request]:
    return flood.wrong_signins(server)


def many_providers(server: Server) -> list[Request]:
    return [
        _wrong(server, f"nobody{number}@example.com", _far_apart(number))
        for number in range(flood.NETWORKS)
    ]


def ipv4(server: Server) -> list[Request]:
    return [
        _wrong(
            server,
            f"nobody{number}@example.com",
            IPv4Address(number * flood.SPREAD % 2**32),
        )
        for number in range(1, flood.NETWORKS + 1)
    ]


def one_account(server: Server) -> list[Request]:
    """At the person who signs in on a known device meanwhile."""
    person = address_of(flood.PERSON)
    return [_wrong(server, person, network) for network in flood.networks()]


def own_devices(server: Server) -> list[Request]:
    """Wrong passwords for the attacker's own accounts, on devices that are known to these."""
    signins = []
    for number in (number for number in OWN for _ in range(DEVICES)):
        right = flood.from_address(server.service.signin(address_of(number)), _far_apart(number))
        wrong = server.service.signin(address_of(number), PASSWORD + "s")
        signins.append(server.service.on_device(wrong, server.ask(right)))
    return [
        flood.from_address(signins[number % len(signins)], _far_apart(number))
        for number in range(flood.NETWORKS)
    ]


FLOODS: dict[str, Callable[[Server], list[Request]]] = {
    made.__name__: made for made in (one_provider, many_providers, ipv4, one_account, own_devices)
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(FLOODS), help=", ".join(FLOODS))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", default="12", help="bcrypt's cost")
    arguments = parser.parse_args()
    cores.require()
    plan, postgres = replace(QUICK, flood=arguments.seconds), Postgres()
    print(" | ".join(("flood", *COLUMNS.values())))
    try:
        with cores.pinned(cores.LOAD):
            for name in arguments.only.split(","):
                options = {"RATE_LIMITS": "on", "BCRYPT_ROUNDS": arguments.rounds}
                found = _measured(postgres, name, plan, options)
                cells = (_cell(figure, found.get(figure)) for figure in COLUMNS)
                print(" | ".join((name.replace("_", " "), *cells)), flush=True)
    finally:
        postgres.close()
    return 0


def _cell(figure: str, value: float | None) -> str:
    return "none" if value is None else FORMS.get(figure, "{:.0f}").format(value)


def _measured(postgres: Postgres, name: str, plan: Plan, options: dict[str, str]) -> Figures:
    service = Postern(f"flood_{name}", postgres.socket_folder, options)
    postgres.create(service.database)
    server = ready(postgres, service, plan.small_table)
    try:
        requests = FLOODS[name](server)
        before = flood.limit_rows(postgres, service.database)
        found = flood.of_people(server, plan, requests, people=PEOPLE)
        server.come_to_rest()
        after = flood.limit_rows(postgres, service.database)
        rows = zip(flood.TABLES, before, after, strict=True)
        return found | {f"{table}_rows": float(then - now) for table, now, then in rows}
    finally:
        server.stop()


def _wrong(server: Server, email: str, address: IPv4Address | IPv6Address) -> Request:
    return flood.from_address(server.service.signin(email, PASSWORD + "s"), address)


def _far_apart(number: int) -> IPv6Address:
    """Each in a /32 of its own."""
    return IPv6Address((0x2400_0000 + number) << 96 | 1)


if __name__ == "__main__":
    raise SystemExit(main())
