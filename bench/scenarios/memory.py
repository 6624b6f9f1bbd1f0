"""How soon a fresh server is ready, and its memory after a thousand requests and many more."""

import time

from bench.plan import Plan
from bench.scenarios.figures import Figures
from bench.servers import Server
from bench.services import Postern
from bench.traffic import Stream, send

WARM_UP = 1_000
AT_ONCE = 5_000
"""How many requests use one sign-in, since access tokens expire."""
CONNECTIONS = 8


def measure(server: Server, plan: Plan) -> Figures:
    ours = isinstance(server.service, Postern)
    requests = plan.memory_requests if ours else plan.peers_memory_requests
    began = time.monotonic()
    fresh = Server(server.service)
    try:
        fresh.wait_until(server.service.readiness)
        started_in = time.monotonic() - began
        at_start = fresh.memory()
        failures = read_profiles(fresh, WARM_UP)
        before = fresh.memory()
        for _ in range(0, requests, AT_ONCE):
            failures += read_profiles(fresh, min(AT_ONCE, requests))
        after = fresh.memory()
    finally:
        fresh.stop()
    return {
        "started_in_s": started_in,
        "requests": float(requests),
        "failures": float(failures),
        "at_start_mb": at_start,
        "before_mb": before,
        "after_mb": after,
        "growth": after / before - 1,
    }


def read_profiles(server: Server, count: int) -> int:
    """Read profiles, and return how many requests failed."""
    sessions = [server.service.profile(signed_in) for signed_in in server.signed_in(2)]
    (answers,) = send(server, Stream(sessions, 0, connections=CONNECTIONS, amount=count)).answers
    return answers.failures()
