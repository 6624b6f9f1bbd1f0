"""Refreshes of eight sessions. Each sends the token that it has just received."""

from bench.plan import Plan
from bench.scenarios.figures import Figures, speed
from bench.servers import Server
from bench.traffic import Stream, send

SESSIONS = 8


def measure(server: Server, plan: Plan) -> Figures | None:
    """None for a service without rotation of tokens."""
    chains = [server.service.refresh(signed_in) for signed_in in server.signed_in(SESSIONS)]
    followed = [chain for chain in chains if chain is not None]
    if not followed:
        return None
    measured = send(server, Stream(followed, plan.refresh, connections=SESSIONS))
    return speed(measured.answers[0], measured)
