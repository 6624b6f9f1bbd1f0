"""Reading one's own profile, as fast as eight connections get their answers."""

from bench.plan import Plan
from bench.scenarios.figures import Figures, speed
from bench.servers import Server
from bench.traffic import Stream, send

CONNECTIONS = 8
SESSIONS = 4
WARM_UP = 1.0


def measure(server: Server, plan: Plan) -> Figures:
    sessions = [server.service.profile(signed_in) for signed_in in server.signed_in(SESSIONS)]
    send(server, Stream(sessions, WARM_UP, connections=CONNECTIONS))
    measured = send(server, Stream(sessions, plan.profile, connections=CONNECTIONS))
    return speed(measured.answers[0], measured)
