"""Shows where the time of a profile request goes: by layer, as a flame graph, and against FastAPI.

make flame   # about a minute; bench/results/flame.svg
"""

import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench import cores
from bench.measures import median, ratio
from bench.postgres import Postgres
from bench.ready import ready
from bench.scenarios.profile import CONNECTIONS, SESSIONS
from bench.servers import Server
from bench.services.bare_fastapi import PROFILE, BareFastapi
from bench.services.base import BENCH, Request
from bench.services.postern import Postern
from bench.traffic import Stream, send

SECONDS = 8
ROUNDS = 3
SAMPLES_PER_SECOND = 400
PEOPLE = 100
RESULTS = BENCH / "results"
OTHER = "other"
LAYERS = {
    "the access token: signature and claims": ("jwt/", "cryptography/", "sessions/access_tokens"),
    "the database: pool, driver, query": ("psycopg2/", "sqlalchemy/", "src/database/"),
    "passing work to a worker thread": ("anyio/", "starlette/concurrency", "threading.py"),
    "FastAPI and Starlette": ("fastapi/", "starlette/", "pydantic/", "json/"),
    "uvicorn and the event loop": ("uvicorn/", "asyncio/", "uvloop/"),
    "Postern's own: ids, headers, metrics, the query's values": ("src/", "prometheus_client/"),
}
"""Layers by the folders of their code."""


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server is left behind
    cores.require()
    RESULTS.mkdir(exist_ok=True)
    with cores.pinned(cores.LOAD):
        postgres = Postgres()
        servers = list[Server]()
        try:
            service = Postern("bench_flame", postgres.socket_folder, {})
            postgres.create(service.database)
            servers.append(ready(postgres, service, PEOPLE))
            servers.append(Server(BareFastapi(service.database, service.socket_folder, {})))
            compare(*servers)
            record(servers[0])
        finally:
            for server in servers:
                server.stop()
            postgres.close()


def compare(postern: Server, bare: Server) -> None:
    speeds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for server, requests in ((postern, profiles(postern)), (bare, [PROFILE])):
            (answers,) = send(server, load(requests)).answers
            speeds.setdefault(server.service.name, []).append(answers.per_second())
    ours, theirs = (median(values) for values in speeds.values())
    print(f"profile requests per second: {ours:,.0f}; bare FastAPI: {theirs:,.0f}")
    print(f"that is {ratio(ours, theirs):.0%} of the framework's own limit\n")


def record(server: Server) -> None:
    """Sample twice: once for the table, and once for the picture."""
    for form, name in (("raw", "flame.txt"), ("flamegraph", "flame.svg")):
        work = threading.Thread(target=send, args=(server, load(profiles(server))))
        work.start()
        try:
            spy(server, form, RESULTS / name)
        finally:
            work.join()
    counted = by_layer((RESULTS / "flame.txt").read_text().splitlines())
    for layer, count in counted.most_common():
        print(f"{count / counted.total():6.1%}  {layer}")
    print(f"\n{RESULTS / 'flame.svg'}")


def spy(server: Server, form: str, into: Path) -> None:
    """Sample the thread that holds the interpreter's lock. Waiting threads are not counted."""
    program = (BENCH / ".venv" / "bin" / "py-spy", "record", "--pid", str(server.seen.pid))
    rate = ("--gil", "--duration", str(SECONDS - 2), "--rate", str(SAMPLES_PER_SECOND))
    output = ("--format", form, "--output", str(into))
    subprocess.run((*program, *rate, *output), check=True, capture_output=True)


def by_layer(stacks: Iterable[str]) -> Counter[str]:
    """The samples by the innermost layer of their stack. A line is `frame;frame;frame count`."""
    counted = Counter[str]()
    for line in stacks:
        frames, _, count = line.rpartition(" ")
        layers = (layer_of(frame) for frame in reversed(frames.split(";")))
        counted[next(filter(None, layers), OTHER)] += int(count)
    return counted


def layer_of(frame: str) -> str | None:
    """The layer of `function (file:line)`. None for the standard library: its caller counts."""
    place = frame.rpartition("(")[2]
    return next((name for name, parts in LAYERS.items() if place.startswith(parts)), None)


def profiles(server: Server) -> list[Request]:
    return [server.service.profile(signed_in) for signed_in in server.signed_in(SESSIONS)]


def load(requests: list[Request]) -> Stream:
    return Stream(requests, SECONDS, connections=CONNECTIONS)


if __name__ == "__main__":
    main()
