"""The cost of oversized requests: the service's memory, and the wait of another request.

cd backend && .venv/bin/python ../bench/request_limits.py   # about two minutes
"""

import itertools
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "backend"))

import psutil

from tests.support import environment, memory
from tests.support.raw_http import exchange, request

MIB = 1024 * 1024
SIGNIN, JSON = "POST /auth/signin HTTP/1.1", "Content-Type: application/json"


def main() -> None:
    from src.embedded import cluster

    with memory.folder() as folder, tempfile.TemporaryDirectory() as scratch:
        url = cluster.start(folder / "postgres", durable=False)
        settings = {"DATABASE_URL": url, "LOG_LEVEL": "error", "RATE_LIMITS": "off"}
        environment.apply(**settings)
        from tests.support.service import alembic, service

        try:
            alembic("upgrade", "head", settings=environment.SETTINGS | settings)
            with service(Path(scratch), settings) as running:
                running.wait(lambda: running.readiness().is_success)
                process = psutil.Process(running.process.pid)
                for _ in range(300):
                    exchange(running.port, request("GET /nowhere HTTP/1.1"))
                print(f"{'':42}    RSS before      peak     after   longest wait beside")
                for name, load in LOADS.items():
                    measure(name, load, running.port, process)
        finally:
            cluster.close(folder / "postgres")


def measure(name: str, load: Callable[[int], None], port: int, process: psutil.Process) -> None:
    before = process.memory_info().rss
    with watching(port, process) as seen:
        load(port)
    time.sleep(1)
    figures = (before, max(seen["rss"]), process.memory_info().rss)
    sizes = "".join(f"{size / MIB:6.1f} MiB" for size in figures)
    print(f"{name:42}{sizes}   {max(seen['wait']) * 1000:6.0f} ms", flush=True)


@contextmanager
def watching(port: int, process: psutil.Process) -> Iterator[dict[str, list[float]]]:
    seen: dict[str, list[float]] = {"rss": [], "wait": []}
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            began = time.monotonic()
            exchange(port, request())
            seen["wait"].append(time.monotonic() - began)
            seen["rss"].append(process.memory_info().rss)
            over.wait(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def many(number: int, *parts: bytes, threads: int = 8) -> Callable[[int], None]:
    def load(port: int) -> None:
        numbers = itertools.islice(itertools.count(), number)
        taking = threading.Lock()

        def work() -> None:
            while True:
                with taking:
                    if next(numbers, None) is None:
                        return
                exchange(port, *parts)

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return load


def held(number: int, begun: bytes, seconds: float) -> Callable[[int], None]:
    def load(port: int) -> None:
        with ExitStack() as connections:
            for _ in range(number):
                connection = socket.create_connection(("127.0.0.1", port))
                connections.enter_context(connection)
                connection.sendall(begun)
            time.sleep(seconds)

    return load


def header(size: int) -> bytes:
    return request("GET /livez HTTP/1.1", f"X-Long: {'a' * size}")


CHUNKS = itertools.repeat(b"1000\r\n" + b" " * 4096 + b"\r\n", 2500)
NAMES = json.dumps({str(number): 1 for number in range(5000)}).encode()
LOADS = {
    "nothing": lambda _: time.sleep(3),
    "2,000 x a token of 1 MB": many(
        2000, request("GET /auth/profile HTTP/1.1", f"Authorization: Bearer {'a' * 1_000_000}")
    ),
    "500 x a header of 1 MB": many(500, header(1_000_000)),
    "20 x a header of 50 MB": many(20, header(50_000_000), threads=1),
    "1,000 x 4,000 headers": many(
        1000, request("GET /livez HTTP/1.1", *(f"X-{number}: a" for number in range(4000)))
    ),
    "100 x 10 MB in chunks": many(
        100, request(SIGNIN, JSON, "Transfer-Encoding: chunked"), *CHUNKS
    ),
    "2,000 x 60,000 brackets": many(
        2000, request(SIGNIN, JSON, "Content-Length: 60000", body=b"[" * 60_000)
    ),
    "2,000 x 5,000 names": many(
        2000, request(SIGNIN, JSON, f"Content-Length: {len(NAMES)}", body=NAMES)
    ),
    "500 bodies that never come, for 12 s": held(
        500, request(SIGNIN, JSON, "Content-Length: 60000", body=b" " * 30_000), 12
    ),
    "500 half headers, for 12 s": held(500, request()[:-2], 12),
    "100 x 1,000 pipelined requests": many(100, request() * 1000),
}

if __name__ == "__main__":
    main()
