"""Profile requests on eight connections. Each sends the next one as soon as it has an answer."""

from bench.plan import Plan
from bench.scenarios.figures import Figures, speed
from bench.servers import Server
from bench.services.base import Request
from bench.traffic import Stream, send

CONNECTIONS = 8
SESSIONS = 4
WARM_UP = 1.0
NEW_TOKENS = 1_000


def measure(server: Server, plan: Plan) -> Figures:
    sessions = [server.service.profile(signed_in) for signed_in in server.signed_in(SESSIONS)]
    send(server, Stream(sessions, WARM_UP, connections=CONNECTIONS))
    measured = send(server, Stream(sessions, plan.profile, connections=CONNECTIONS))
    return speed(measured.answers[0], measured) | _never_seen(server)


def _never_seen(server: Server) -> Figures:
    """Requests with tokens that are new to the service, since it may remember verified tokens.

    Only if tokens rotate: that many sign-ins would take minutes.
    """
    requests = list[Request]()
    (answer,) = server.signed_in(1)
    while len(requests) < NEW_TOKENS and (refresh := server.service.refresh(answer)):
        answer = server.ask(refresh)
        requests.append(server.service.profile(answer))
    if not requests:
        return {}
    once = Stream(requests, 0, connections=CONNECTIONS, amount=len(requests))
    (answers,) = send(server, once).answers
    failures = float(answers.failures())
    return {"never_seen_per_second": answers.per_second(), "never_seen_failures": failures}
