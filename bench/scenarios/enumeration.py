"""Whether the time of a refused sign-in shows what kind of account there is.

Each turn tries one address of every kind with a wrong password, one after the other on one
connection, in a new random order. Every kind has the same number of addresses, which take turns.
Addresses without an account are one of the kinds: Welch's t compares each other kind with them.
"""

import random
import time
from collections.abc import Callable, Mapping

import bcrypt

from bench.measures import median, welch_t
from bench.plan import Plan
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services import Postern
from bench.services.base import PASSWORD, address_of
from src.passwords.hashes import get_password_hash

Ask = Callable[[Server, str], float]
WRONG = PASSWORD + "s"
ROUNDS = 10
"""bcrypt's cost here, the lowest in production: a shorter hash hides less of the other work."""
OLDER = 8
EACH = 20
"""Addresses of each kind."""
WITHOUT_ACCOUNT = range(90_000_000, 90_000_000 + EACH)
KINDS = ("disabled", "unverified", "no password", "older cost", "plain bcrypt")
UNKNOWN, KNOWN = "unknown", "known"
OF_KIND = {
    "disabled": "disabled_at = now()",
    "unverified": "email_verified_at = NULL",
    "no password": "password_hash = NULL",
    "older cost": "password_hash = %(older)s",
    "plain bcrypt": "password_hash = %(plain)s",
}


def measure(postgres: Postgres, server: Server, plan: Plan) -> Figures:
    if not isinstance(server.service, Postern):
        return compared(server, {KNOWN: range(1, EACH + 1)}, plan.peers_pairs)
    return _of_postern(postgres, server, plan)


def _of_postern(postgres: Postgres, server: Server, plan: Plan) -> Figures:
    service = server.service
    rounds = {"BCRYPT_ROUNDS": str(ROUNDS), **service.options}
    cost = int(rounds["BCRYPT_ROUNDS"])
    people = {
        kind: range(place * EACH + 1, place * EACH + EACH + 1)
        for place, kind in enumerate((KNOWN, *KINDS))
    }
    separate = Postern(f"{service.database}_kinds", service.socket_folder, rounds)
    postgres.create(separate.database)
    asked = ready(postgres, separate, len(people) * EACH)
    try:
        for kind, change in OF_KIND.items():
            _make(postgres, separate.database, people[kind], change, cost)
        return compared(asked, people, plan.pairs)
    finally:
        asked.stop()


def _make(postgres: Postgres, database: str, numbers: range, change: str, cost: int) -> None:
    postgres.run(
        database,
        f'UPDATE "user" SET {change} WHERE email_key = ANY(%(emails)s)',
        emails=[address_of(number) for number in numbers],
        older=get_password_hash(PASSWORD, cost - ROUNDS + OLDER),
        plain=bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode(),
    )


def compared(
    server: Server, people: Mapping[str, range], turns: int, ask: Ask | None = None
) -> Figures:
    """`ask` sends a request for an address and returns its time in ms: a refused sign-in."""
    times = timed(server, people, turns, ask or refused)
    unknown = times[UNKNOWN]
    figures: Figures = {"turns": float(turns), "unknown_p50_ms": median(unknown)}
    for kind in people:
        name = kind.replace(" ", "_")
        figures[f"{name}_p50_ms"] = median(times[kind])
        figures[f"{name}_t"] = welch_t(times[kind], unknown)
        figures[f"{name}_apart_ms"] = median(times[kind]) - median(unknown)
    return figures


def timed(
    server: Server, people: Mapping[str, range], turns: int, ask: Ask
) -> dict[str, list[float]]:
    """Times in ms by kind. The first turn is a warm-up and does not count."""
    draw = random.Random(1)  # noqa: S311  the same order in every run, no secret
    times: dict[str, list[float]] = {kind: [] for kind in (UNKNOWN, *people)}
    for turn in range(turns + 1):
        for kind in draw.sample(sorted(times), len(times)):
            numbers = people.get(kind, WITHOUT_ACCOUNT)
            took = ask(server, address_of(numbers[turn % len(numbers)]))
            if turn:
                times[kind].append(took)
    return times


def refused(server: Server, email: str) -> float:
    request = server.service.signin(email, WRONG)
    began = time.perf_counter()
    answer = request.send(server.client)
    took = (time.perf_counter() - began) * 1000
    server.refuse_unless(answer.is_client_error, request, answer)
    return took
