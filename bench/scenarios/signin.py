"""Sign-ins per second, and their share of what the service's hash alone can do."""

import json
import subprocess
from dataclasses import dataclass

from bench import cores
from bench.measures import ratio
from bench.plan import Plan
from bench.scenarios.figures import Figures, cpu_per_answer
from bench.servers import Server
from bench.services.base import address_of
from bench.traffic import Stream, send

CONNECTIONS = 2
"""Two clients: one password is hashed while the next is sent, so the core always has work."""
PEOPLE = 100


@dataclass(frozen=True)
class Alone:
    """The speed of the hash alone, on the server's core."""

    per_second: float
    cpu_ms: float
    """Processor time of one verification."""


def measure(server: Server, plan: Plan) -> Figures:
    """The hash alone is timed before and after, since the speed of the machine varies."""
    before = hash_alone(server, plan.ceiling / 2)
    people = [server.service.signin(address_of(number)) for number in range(1, PEOPLE + 1)]
    measured = send(server, Stream(people, plan.signin, connections=CONNECTIONS))
    after = hash_alone(server, plan.ceiling / 2)
    (answers,) = measured.answers
    ceiling = (before.per_second + after.per_second) / 2
    cpu = cpu_per_answer(measured)
    return {
        "per_second": answers.steady_per_second(),
        "ceiling_per_second": ceiling,
        "share": ratio(answers.steady_per_second(), ceiling),
        "hash_share_of_cpu": ratio((before.cpu_ms + after.cpu_ms) / 2, cpu["server_cpu_ms"]),
        "p50_ms": answers.latency(0.5),
        "failures": float(answers.failures()),
        **cpu,
    }


def hash_alone(server: Server, seconds: float) -> Alone:
    service = server.service
    with cores.pinned(cores.SERVER):
        done = subprocess.run(
            service.hashing(seconds), cwd=service.folder, capture_output=True, text=True, check=True
        )
    said = json.loads(done.stdout)
    return Alone(said["per_second"], said["cpu_ms"])
