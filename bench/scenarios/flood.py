"""Wrong passwords from ten thousand networks of one provider, and what people notice of them.

While the flood runs, a person signs in on a known device, others sign in for the first time from
other providers, sessions are refreshed and profiles are read: all at an even rate.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios.figures import Figures, load
from bench.servers import Server
from bench.services import Postern
from bench.services.base import PASSWORD, Request, address_of
from bench.traffic import Answers, Measured, Stream, send

RATE = 100
"""Wrong sign-ins per second."""
NETWORKS = 10_000
PROVIDER = 0x2001_0DB8
"""The /32 of the flood, and of the person on a known device."""
OTHERS = 0x2A00_0000
"""The first /32 of those who sign in for the first time: each has one to themselves."""
SPREAD = 2_654_435_761
"""Odd, so its multiples are all different; they look random (Knuth's multiplicative hash)."""
EVERY = 2.0
"""Seconds between two sign-ins of the person, and between two first sign-ins."""
WITHIN_MS = 2_000
SESSIONS = 10
"""Each refreshes once a second."""
PROFILES = 20
"""Profile requests per second."""
PERSON, FIRST = 101, 201
"""Numbers of accounts: the person's, and the first of those who sign in for the first time."""
OPENING = 1.0
"""Seconds in which the connections of the even rates are opened."""
AHEAD = 2.0
"""Seconds of flood before anything else is sent."""
LONGEST = 150
"""Seconds: longer than the load generator waits for an answer."""
HASHES = re.compile(r"^postern_hash_seconds_count (\S+)$", re.MULTILINE)
TABLES = ("rate_limit", "failure_streak")


def measure(postgres: Postgres, server: Server, plan: Plan) -> Figures:
    if not isinstance(server.service, Postern):
        return of_people(server, plan, wrong_signins(server))
    return _of_postern(postgres, server, plan)


def _of_postern(postgres: Postgres, server: Server, plan: Plan) -> Figures:
    """On a server with all limits, and with no row of a limit from before."""
    service = server.service
    options = {"RATE_LIMITS": "on", "METRICS": "on", **service.options}
    separate = Postern(f"{service.database}_flood", service.socket_folder, options)
    postgres.create(separate.database)
    asked = ready(postgres, separate, plan.small_table)
    try:
        checked, rows = (
            passwords_checked(asked),
            limit_rows(postgres, separate.database),
        )
        found = of_people(asked, plan, wrong_signins(asked))
        asked.come_to_rest()
        checked = passwords_checked(asked) - checked
        for table, before, after in zip(
            TABLES, rows, limit_rows(postgres, separate.database), strict=True
        ):
            found[f"{table}_rows_each"] = (after - before) / checked if checked else None
        return found | {"checked": checked}
    finally:
        asked.stop()


def wrong_signins(server: Server) -> list[Request]:
    """One from each network, each at an account of its own, so that it leaves the most rows."""
    return [
        from_address(
            server.service.signin(f"nobody{number}@example.com", PASSWORD + "s"),
            network,
        )
        for number, network in enumerate(networks())
    ]


def networks() -> Iterator[IPv6Address]:
    """An address in each of the flood's /64s, all over its /32."""
    for number in range(1, NETWORKS + 1):
        yield IPv6Address(PROVIDER << 96 | (number * SPREAD % 2**32) << 64 | 1)


def of_people(server: Server, plan: Plan, flood: Sequence[Request], *, people: int = 1) -> Figures:
    """What people notice of a flood, and whether anything is called a fault of the database."""
    rest, _ = sent(server, list(in_sessions(server, plan.rest)))
    until = OPENING + AHEAD + plan.flood + EVERY
    named = [
        ("flood", Stream(flood, until, rate=RATE, settle=OPENING)),
        *in_sessions(server, plan.flood),
        *signing_in(server, plan.flood, people),
    ]
    answers, measured = sent(server, named)
    at_rest = {f"{name}_rest_p99_ms": rest[name].latency(0.99) for name in rest}
    return at_rest | figures(answers) | load(measured)


def sent(server: Server, named: list[tuple[str, Stream]]) -> tuple[dict[str, Answers], Measured]:
    """The answers to all streams at the same time, by name."""
    measured = send(server, *(stream for _, stream in named))
    found = defaultdict[str, list[Answers]](list)
    for (name, _), answers in zip(named, measured.answers, strict=True):
        found[name].append(answers)
    return {name: together(parts) for name, parts in found.items()}, measured


def in_sessions(server: Server, seconds: float) -> Iterator[tuple[str, Stream]]:
    """The streams of those who are signed in. A refresh token is good once, so all are new."""
    service = server.service
    sessions = server.signed_in(SESSIONS)
    yield (
        "profile",
        _even([service.profile(one) for one in sessions], seconds, rate=PROFILES),
    )
    refreshes = [refresh for one in sessions if (refresh := service.refresh(one))]
    if refreshes:
        yield "refresh", _even(refreshes, seconds, rate=SESSIONS)


def signing_in(server: Server, seconds: float, people: int) -> Iterator[tuple[str, Stream]]:
    """People again and again on the same devices, and others, each for the first time."""
    service = server.service
    known = [_on_known_device(server, PERSON + number) for number in range(people)]
    for turn in range(int(seconds / EVERY)):
        at = OPENING + AHEAD + EVERY * turn
        yield "known", _one(known[turn % people], after=at)
        first = service.signin(address_of(FIRST + turn))
        elsewhere = IPv6Address((OTHERS + turn) << 96 | 1)
        yield "first", _one(from_address(first, elsewhere), after=at + EVERY / 2)


def _on_known_device(server: Server, number: int) -> Request:
    """A sign-in from the flood's provider, on a device where the person signed in before."""
    request = server.service.signin(address_of(number))
    earlier = server.ask(request)
    return server.service.on_device(
        from_address(request, IPv6Address(PROVIDER << 96 | number)), earlier
    )


def figures(answers: Mapping[str, Answers]) -> Figures:
    """Of the flood itself, and of those who are no part of it."""
    flood = answers["flood"]
    every = [answer for group in answers.values() for answer in group.taken]
    return {
        "flood_per_second": len(flood.taken) / flood.seconds,
        **{f"{name}_share": share_in_time(answers[name]) for name in ("known", "first")},
        **{f"{name}_slowest_ms": slowest(answers[name]) for name in ("known", "first")},
        **{
            figure: value
            for name in ("refresh", "profile")
            if name in answers
            for figure, value in _steady(name, answers[name]).items()
        },
        "database_unavailable": float(sum(one.code == "database_unavailable" for one in every)),
    }


def share_in_time(answers: Answers) -> float | None:
    """Of those that were sent, how many succeeded within two seconds."""
    sent = len(answers.taken) + answers.errors
    return sum(time <= WITHIN_MS for time in answers.times()) / sent if sent else None


def slowest(answers: Answers) -> float | None:
    return max(answers.times(), default=None)


def together(parts: Sequence[Answers]) -> Answers:
    """The answers of several streams of one kind."""
    if len(parts) == 1:
        return parts[0]
    taken = [answer for part in parts for answer in part.taken]
    return Answers(LONGEST, taken, sum(part.errors for part in parts))


def passwords_checked(server: Server) -> float:
    found = HASHES.search(server.ask(Request("GET", "/metrics")).text)
    return float(found[1]) if found else 0.0


def limit_rows(postgres: Postgres, database: str) -> list[int]:
    return [postgres.count(database, table) for table in TABLES]


def _steady(name: str, answers: Answers) -> Figures:
    return {
        f"{name}_p99_ms": answers.latency(0.99),
        f"{name}_failures": float(answers.failures()),
    }


def from_address(request: Request, address: IPv4Address | IPv6Address) -> Request:
    """As a proxy on this machine would pass it on; services trust loopback."""
    return replace(request, headers=request.headers | {"X-Forwarded-For": str(address)})


def _one(request: Request, *, after: float) -> Stream:
    return Stream([request], LONGEST, connections=1, amount=1, start_after=after)


def _even(requests: list[Request], seconds: float, *, rate: int) -> Stream:
    return Stream(requests, OPENING + seconds, rate=rate, start_after=AHEAD, settle=OPENING)
