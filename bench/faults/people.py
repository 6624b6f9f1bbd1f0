"""The clients: they sign up, sign in, refresh, read and change profiles at an even rate."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.faults.asking import Said, ask, far_apart
from bench.faults.tally import Answer, Change, Kept, compared
from bench.services.base import PASSWORD

SESSIONS = 8
RATE = 20
"""Requests per second."""
AT_ONCE = 220
"""Threads: more than requests that can wait at the same time."""
SETTLE_WITHIN = 20.0
AMONG = 1_000_000
"""Numbers of people who sign up; people with sessions have lower ones."""


@dataclass
class Session:
    """A person on a known device. One refresh at a time, as one client sends them."""

    number: int
    access: str = ""
    refresh: str = ""
    device: str = ""
    refreshes: threading.Lock = field(default_factory=threading.Lock)

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"

    @property
    def origin(self) -> dict[str, str]:
        return {"X-Forwarded-For": far_apart(self.number)}

    @property
    def bearer(self) -> dict[str, str]:
        return {**self.origin, "Authorization": f"Bearer {self.access}"}


class People:
    """Requests go to the ports in turn, as from a load balancer that knows no health checks."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = ports
        self.answers: list[Answer] = []
        self.changes: dict[Change, bool] = {}
        """Each change that was sent, and whether it was acknowledged."""
        self.in_progress = 0
        self.refreshed = 0
        self._turn, self._number = itertools.count(), itertools.count(AMONG)
        self._counting, self._over = threading.Lock(), threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self.sessions = [Session(number) for number in range(1, SESSIONS + 1)]
        self._kinds: tuple[Callable[[Session], None], ...] = (
            *(self._read, self._change, self._refresh, self._read, self._sign_up),
            *(self._read, self._change, self._refresh, self._read, self._sign_in),
            *(self._read, self._change, self._refresh, self._read, self._sign_up),
            *(self._read, self._change, self._refresh, self._read, self._change),
        )

    def settle(self) -> None:
        """Each signs up and signs in. Where the service is busy, they try again."""
        for session in self.sessions:
            self._settle(session)

    def begin(self) -> None:
        self._sender = threading.Thread(target=self._send)
        self._sender.start()

    def end(self) -> None:
        """Send no more requests, and wait for the answers."""
        self._over.set()
        self._sender.join()
        self._pool.shutdown()

    def give_up(self) -> None:
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wait_for_requests(self, count: int) -> None:
        """Return when so many requests wait for their answer."""
        until = time.monotonic() + 10
        while self.in_progress < count and time.monotonic() < until:
            time.sleep(0.001)

    def well_since(self, moment: float) -> bool:
        """Whether requests that were sent since then succeeded, and none failed."""
        came = [answer.ok for answer in list(self.answers) if answer.sent >= moment]
        return bool(came) and all(came)

    def kept(self, saved: set[Change]) -> Kept:
        """Compare what was saved with what clients know. Each session must still refresh."""
        lost, unacknowledged = compared(self.changes, saved)
        for session in self.sessions:
            said = self._post(session, "/auth/refresh", {"refresh_token": session.refresh})
            if not said.answer.ok:
                lost.append(f"{session.email} cannot refresh: {said.answer.said}")
        acknowledged = sum(self.changes.values()) + self.refreshed
        return Kept(acknowledged, tuple(lost), unacknowledged)

    def _settle(self, session: Session) -> None:
        who = {"email": session.email, "password": PASSWORD}
        for path in ("/auth/signup", "/auth/signin"):
            until = time.monotonic() + SETTLE_WITHIN
            while not (said := self._post(session, path, who)).answer.ok:
                if time.monotonic() > until:
                    raise RuntimeError(f"{path} before the fault: {said.answer.said}")
                time.sleep(0.2)
        session.access, session.refresh = said.body["access_token"], said.body["refresh_token"]
        session.device = said.device

    def _send(self) -> None:
        """At an even rate, also if answers are slow."""
        began = time.monotonic()
        for number in itertools.count():
            if self._over.wait(max(0.0, began + number / RATE - time.monotonic())):
                return
            act = self._kinds[number % len(self._kinds)]
            session = self.sessions[number // 3 % SESSIONS]
            self._pool.submit(act, session)

    def _read(self, session: Session) -> None:
        self._count(self._ask("GET", "/auth/profile", session.bearer))

    def _change(self, session: Session) -> None:
        name = f"Name {next(self._number)}"
        self.changes[session.email, name] = False
        said = self._ask("PATCH", "/auth/profile", session.bearer, {"name": name})
        self.changes[session.email, name] = said.answer.ok
        self._count(said)

    def _refresh(self, session: Session) -> None:
        """With the last token that arrived: a client that got no answer sends the same again."""
        if not session.refreshes.acquire(blocking=False):
            return
        try:
            said = self._post(session, "/auth/refresh", {"refresh_token": session.refresh})
            self._count(said)
            if said.answer.ok:
                session.access = said.body["access_token"]
                session.refresh = said.body["refresh_token"]
                self.refreshed += 1
        finally:
            session.refreshes.release()

    def _sign_up(self, _: Session) -> None:
        person = Session(next(self._number))
        self.changes[person.email, None] = False
        said = self._post(person, "/auth/signup", {"email": person.email, "password": PASSWORD})
        self.changes[person.email, None] = said.answer.ok
        self._count(said)

    def _sign_in(self, session: Session) -> None:
        who = {"email": session.email, "password": PASSWORD}
        self._count(self._post(session, "/auth/signin", who))

    def _post(self, session: Session, path: str, body: dict[str, str]) -> Said:
        device = {"Postern-Device": session.device} if session.device else {}
        return self._ask("POST", path, session.origin | device, body)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, str] | None = None
    ) -> Said:
        port = self.ports[next(self._turn) % len(self.ports)]
        self._waits(1)
        try:
            return ask(port, method, path, headers, body)
        finally:
            self._waits(-1)

    def _waits(self, change: int) -> None:
        with self._counting:
            self.in_progress += change

    def _count(self, said: Said) -> None:
        self.answers.append(said.answer)
