"""Sends load to a server. autocannon (bench/load/drive.mjs) sends and times it on another core."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench import cores
from bench.measures import percentile
from bench.servers import Server
from bench.services.base import BENCH, Request

LOAD = BENCH / "load"
OK = range(200, 300)


@dataclass(frozen=True)
class Stream:
    """Requests of one kind, as fast as connections get answers, or evenly at `rate` per second."""

    requests: Sequence[Request]
    seconds: float
    connections: int = 0
    rate: int = 0
    amount: int = 0
    start_after: float = 0
    settle: float = 0
    """Seconds at the beginning that do not count, since connections are opened then."""

    def as_dict(self) -> dict[str, Any]:
        numbers = {"rate": self.rate, "amount": self.amount, "start_after": self.start_after}
        return {
            "requests": [request.as_dict() for request in self.requests],
            "seconds": self.seconds,
            "connections": self.connections,
            **{name: number for name, number in numbers.items() if number},
        }


class Answer(NamedTuple):
    status: int
    time: float
    """In ms."""
    came: float
    """In seconds, since the stream began."""
    retry_after: bool
    """Whether the answer has Retry-After."""
    code: str | None = None
    """Of a problem, where the answer names one."""


@dataclass(frozen=True)
class Answers:
    """The answers to one stream."""

    seconds: float
    taken: list[Answer]
    errors: int
    unanswered: list[float] = field(default_factory=list)
    """Ages in ms of the requests without an answer at the end."""

    def times(self, statuses: range = OK) -> list[float]:
        return [answer.time for answer in self.taken if answer.status in statuses]

    def per_second(self) -> float:
        return len(self.times()) / self.seconds

    def steady_per_second(self) -> float:
        """Answers per second from the first to the last one, without the edges of the stream."""
        came = [answer.came for answer in self.taken if answer.status in OK]
        return (len(came) - 1) / (came[-1] - came[0]) if len(came) > 1 else self.per_second()

    def latency(self, part: float) -> float | None:
        """The percentile of successful answers and of unanswered requests with their age."""
        return percentile([*self.times(), *self.unanswered], part)

    def failures(self) -> int:
        return self.errors + sum(answer.status not in OK for answer in self.taken)


@dataclass(frozen=True)
class Measured:
    answers: list[Answers]
    server_cpu: float
    """Seconds of processor time that the server used."""
    busy_load_core: float
    load_cpu: float
    """The part of its core that the load generator itself used."""


def send(server: Server, *streams: Stream) -> Measured:
    """Send all streams at the same time, and return their answers in the same order."""
    plan = {"base": server.url, "streams": [stream.as_dict() for stream in streams]}
    busy, cpu = cores.Busy(cores.LOAD), server.cpu_seconds()
    with cores.pinned(cores.LOAD):
        done = subprocess.run(
            ("node", str(LOAD / "drive.mjs")),
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=False,
        )
    server.require_running()
    if done.returncode:
        raise RuntimeError(f"The load generator failed:\n{done.stderr}")
    said = json.loads(done.stdout)
    answers = [_answers(stream, log) for stream, log in zip(streams, said["streams"], strict=True)]
    return Measured(answers, server.cpu_seconds() - cpu, busy.share(), said["load_cpu"])


def _answers(stream: Stream, log: dict[str, Any]) -> Answers:
    end = float("inf") if stream.amount else stream.seconds
    names = ("statuses", "times", "ended", "retry_after", "codes")
    columns = zip(*(log[name] for name in names), strict=True)
    every = [
        Answer(status, time, ended / 1000, again, code)
        for status, time, ended, again, code in columns
    ]
    taken = [answer for answer in every if stream.settle <= answer.came <= end]
    span = taken[-1].came if stream.amount and taken else stream.seconds - stream.settle
    return Answers(span, taken, log["errors"], log["unanswered"])
