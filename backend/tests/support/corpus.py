"""Sends every input of a directory to every field and parameter of the API, and to every header.

    make corpus DIR=path        (python -m tests.support.corpus path)

A .json file with a list of texts gives each of them; any other text file gives each of its lines.
Every file is also sent as a whole body. Some places are handled by the same code for all endpoints
(a header, a body that is not JSON, an unknown field): for these, each input goes to one endpoint,
in turn. The service is a real one, on its own database, which is removed afterwards. The exit
status is 1 if any answer was a 5xx, or had an unknown form.
"""

import argparse
import contextlib
import json
import os
import queue
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import environment
from tests.support.places import UNKNOWN_FIELD, Place, places
from tests.support.raw_http import PATIENCE, Raw

if TYPE_CHECKING:  # modules that read the settings are imported after they are set
    from tests.support.visitor import Visitor

MOST_OF_A_BODY = 1024**2
"""Bytes of a file that are sent as a body: far more than the service reads."""
THREADS = 4
SHOWN = 20
PROGRESS_EVERY = 10.0
NO_ANSWER = Raw(0, {}, b"", PATIENCE)


@dataclass(frozen=True)
class Input:
    """One value and its source; a report shows only the source."""

    source: str
    value: str | bytes


@dataclass
class Tally:
    inputs: int = 0
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "nothing")

    @property
    def server_errors(self) -> int:
        return sum(number for status, number in self.statuses.items() if status >= 500)

    def report(self, seconds: float) -> str:
        statuses = ", ".join(
            f"{number} × {status}" for status, number in sorted(self.statuses.items())
        )
        lines = [
            f"{self.inputs} inputs tried, in {self.requests} requests, {seconds:.0f} s",
            f"{self.server_errors} answered with 5xx",
            f"slowest: {self.slowest[0] * 1000:.0f} ms, {self.slowest[1]}",
            f"answers: {statuses}",
            *self.complaints[:SHOWN],
        ]
        if len(self.complaints) > SHOWN:
            lines.append(f"… and {len(self.complaints) - SHOWN} more")
        return "\n".join(lines)


def read(folder: Path) -> Iterator[Input]:
    """All inputs under `folder`, in the order of the files' names."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        content = path.read_bytes()
        yield Input(f"{name}", content[:MOST_OF_A_BODY])
        for number, text in enumerate(_texts(path, content), 1):
            yield Input(f"{name}:{number}", text)


def _texts(path: Path, content: bytes) -> list[str]:
    if path.suffix == ".json":
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(content)
            if isinstance(found, list):
                return [text for text in found if isinstance(text, str)]
    if b"\0" in content[:8000]:
        return []  # not a text
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    return [line for line in lines if line]


def places_for(one: Input, number: int, everywhere: list[Place], share: int = 1) -> Iterator[Place]:
    """The places for the input of this number: every body for a file; see above for a text.

    With a share, one in so many of them: another one for each input.
    """
    all_of_them = _all_places_for(one, number, everywhere)
    yield from (place for turn, place in enumerate(all_of_them) if (turn + number) % share == 0)


def _all_places_for(one: Input, number: int, everywhere: list[Place]) -> Iterator[Place]:
    if isinstance(one.value, bytes):
        yield from (place for place in everywhere if place.kind == "body")
        return
    alike: dict[str, list[Place]] = {}
    for place in everywhere:
        key = f"{place.kind} {place.name}"
        shared = place.kind in {"header", "body"} or place.name == UNKNOWN_FIELD
        alike.setdefault(key if shared else str(place), []).append(place)
    for group in alike.values():
        yield group[number % len(group)]


def run(port: int, inputs: Iterable[Input], threads: int = THREADS, *, share: int = 1) -> Tally:
    """Send all of them to the service at this port, and count its answers."""
    from src.main import app

    sending = Sending(port, places(app.openapi()), threads, share)
    for number, one in enumerate(inputs):
        sending.waiting.put((number, one))
        sending.tally.inputs += 1
        sending.tell()
    return sending.finish()


class Sending:
    """Threads with one connection each, and their results so far."""

    def __init__(self, port: int, everywhere: list[Place], threads: int, share: int = 1) -> None:
        self.waiting: queue.Queue[tuple[int, Input] | None] = queue.Queue(threads * 2)
        self.tally = Tally()
        self._port = port
        self._everywhere = everywhere
        self._share = share
        self._counting = threading.Lock()
        self._shown_at = time.monotonic()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> Tally:
        for _ in self._threads:
            self.waiting.put(None)
        for thread in self._threads:
            thread.join()
        return self.tally

    def tell(self) -> None:
        if time.monotonic() - self._shown_at > PROGRESS_EVERY:
            self._shown_at = time.monotonic()
            done = f"… {self.tally.inputs} inputs, {self.tally.requests} requests"
            print(done, file=sys.stderr, flush=True)  # noqa: T201

    def _work(self) -> None:
        from tests.support.visitor import Visitor

        visitor = Visitor(self._port)
        while (numbered := self.waiting.get()) is not None:
            number, one = numbered
            for place in places_for(one, number, self._everywhere, self._share):
                self._send(visitor, one, place)
        visitor.close()

    def _send(self, visitor: "Visitor", one: Input, place: Place) -> None:
        from tests.support.visitor import complaint

        try:
            answer = visitor.write(place, one.value)
            wrong = complaint(place, one.value, answer)
        except Exception as error:  # noqa: BLE001  after any error the others continue
            answer, wrong = NO_ANSWER, f"no answer ({type(error).__name__})"
        with self._counting:
            tally, where = self.tally, f"{one.source} in {place}"
            tally.requests += 1
            tally.statuses[answer.status] += 1
            tally.slowest = max(tally.slowest, (answer.seconds, where))
            if wrong:
                tally.complaints.append(f"{wrong}: {where}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a directory of inputs to every place.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        parser.error(f"{folder} is no directory")
    if not any(one.is_file() for one in folder.rglob("*")):
        parser.error(f"{folder} holds no files")
    with tempfile.TemporaryDirectory(prefix="postern-corpus-") as scratch, _own_database() as url:
        settings = {
            "DATABASE_URL": url,
            "DATABASE_URL_UNPOOLED": url,
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "error",
            "ACCESS_TOKEN_TTL": "3600",
            "CORS_ORIGINS": "http://web.test",
            "WEB_CONCURRENCY": str(os.cpu_count() or 1),
        }
        environment.apply(**settings)
        from tests.support.service import alembic, service

        alembic("upgrade", "head", settings=environment.SETTINGS | settings)
        with service(Path(scratch), settings) as running:
            running.wait(lambda: running.readiness().status_code == 200)
            began = time.monotonic()
            tally = run(running.port, read(folder))
            print(tally.report(time.monotonic() - began))  # noqa: T201
    return 1 if tally.complaints else 0


@contextlib.contextmanager
def _own_database() -> Iterator[str]:
    from src.embedded import cluster
    from tests.support import memory

    with memory.folder() as folder:
        try:
            yield cluster.start(folder / "postgres", durable=False)
        finally:
            cluster.close(folder / "postgres")


if __name__ == "__main__":
    sys.exit(main())
