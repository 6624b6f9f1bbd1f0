"""Profile and health while fifty clients sign in without a pause, and the same at rest.

Both get requests at an even rate, independent of the answers: a slow answer hides no other one.
"""

from statistics import mean

from bench.measures import ratio
from bench.plan import Plan
from bench.scenarios.figures import Figures, load
from bench.servers import Server
from bench.services.base import Request, address_of
from bench.traffic import Answers, Stream, send

CLIENTS = 50
RATE = 20
"""Requests per second to profile, and as many to health."""
OPENING = 1.0
"""Seconds for opening the connections of the even rate."""
AHEAD = 2.0
"""Seconds by which the storm begins before the other requests."""
UNAVAILABLE = 503


def measure(server: Server, plan: Plan) -> Figures:
    service = server.service
    asked = [
        [service.profile(signed_in) for signed_in in server.signed_in(4)],
        [Request("GET", service.health)],
    ]
    at_rest = send(server, *(_even(requests, plan.rest) for requests in asked)).answers
    people = [service.signin(address_of(number)) for number in range(1, CLIENTS + 1)]
    signins = Stream(people, AHEAD + OPENING + plan.storm, connections=CLIENTS)
    probes = [_even(requests, plan.storm, after=AHEAD) for requests in asked]
    measured = send(server, signins, *probes)
    storm, *during = measured.answers
    figures: Figures = _of_the_storm(storm) | load(measured)
    for name, rest, stormy in zip(("profile", "health"), at_rest, during, strict=True):
        figures |= _compared(name, rest, stormy)
    return figures


def _even(requests: list[Request], seconds: float, after: float = 0) -> Stream:
    return Stream(requests, OPENING + seconds, rate=RATE, start_after=after, settle=OPENING)


def _of_the_storm(storm: Answers) -> Figures:
    refused = [answer for answer in storm.taken if answer.status == UNAVAILABLE]
    return {
        "signins_per_second": storm.per_second(),
        "refused": float(len(refused)),
        "refused_max_ms": max((answer.time for answer in refused), default=None),
        "with_retry_after": mean(answer.retry_after for answer in refused) if refused else None,
        "other_failures": float(storm.failures() - len(refused)),
    }


def _compared(name: str, rest: Answers, stormy: Answers) -> Figures:
    p99_at_rest, p99 = rest.latency(0.99), stormy.latency(0.99)
    return {
        f"{name}_rest_p50_ms": rest.latency(0.5),
        f"{name}_rest_p99_ms": p99_at_rest,
        f"{name}_storm_p50_ms": stormy.latency(0.5),
        f"{name}_storm_p99_ms": p99,
        f"{name}_p99_ratio": ratio(p99, p99_at_rest),
        f"{name}_failures": float(rest.failures() + stormy.failures()),
    }
