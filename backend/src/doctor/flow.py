"""Sign-up, sign-in and profile over HTTP, through the real app, with an account made for that.

The app is imported by name, because it is above this package in the layers.
"""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module

from sqlmodel import col, delete
from uvicorn import Server

from src.database.database import unit_of_work
from src.doctor.report import CannotExamine, Check, Condition, Fine, Group, Outcome
from src.kit.crypto import random_id, random_token
from src.models import User
from src.web.server import Options

APP = "src.main:app"
START_WITHIN = 30.0
"""Seconds."""

REFUSED = Condition(
    "flow_refused",
    "The service refuses an ordinary request",
    "Nobody can sign up, sign in or read a profile.",
    "Signing up or in fails",
)


class AppDidNotStart(Exception):  # noqa: N818  it names the fact
    """The app's log says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, object]


@dataclass
class Flow:
    """One account, which exists for three requests. Story: "Signing up or in fails"."""

    running: ExitStack
    """Closing this stops the server."""
    base: str = ""
    email: str = field(default_factory=lambda: f"doctor-{random_id()}@example.com")
    password: str = field(default_factory=random_token, repr=False)
    token: str = field(default="", repr=False)

    def checks(self) -> tuple[Check, ...]:
        return (
            Check(Group.FLOW, "The app starts", lambda _: self.start()),
            Check(Group.FLOW, "POST /auth/signup", lambda _: self.sign_up()),
            Check(Group.FLOW, "POST /auth/signin", lambda _: self.sign_in()),
            Check(Group.FLOW, "GET /auth/profile", lambda _: self.profile()),
            Check(Group.FLOW, "The account is gone again", lambda _: self.remove()),
        )

    def start(self) -> Outcome:
        import_module(APP.partition(":")[0])  # if this fails, the report shows why
        self.base = self.running.enter_context(serving())
        return Fine(self.base)

    def sign_up(self) -> Outcome:
        answer = self.ask("POST", "/auth/signup", {"email": self.email, "password": self.password})
        if answer.status != 201 or answer.body.get("email") != self.email:  # noqa: PLR2004
            return _refused(answer)
        return Fine(f"201, id {answer.body['id']}, {self.email}")

    def sign_in(self) -> Outcome:
        answer = self.ask("POST", "/auth/signin", {"email": self.email, "password": self.password})
        token = answer.body.get("access_token")
        if answer.status != 200 or not isinstance(token, str):  # noqa: PLR2004
            return _refused(answer)
        self.token = token
        return Fine(f"200, a {answer.body['token_type']} token for {answer.body['expires_in']} s")

    def profile(self) -> Outcome:
        if not self.token:
            raise CannotExamine("there is no token")
        answer = self.ask("GET", "/auth/profile")
        if answer.status != 200 or answer.body.get("email") != self.email:  # noqa: PLR2004
            return _refused(answer)
        return Fine(f"200, {', '.join(sorted(answer.body))}")

    def remove(self) -> Outcome:
        if not self.base:
            raise CannotExamine("no account was made")
        with unit_of_work() as db:
            db.execute(delete(User).where(col(User.email) == self.email))
        return Fine(self.email)

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Answer:
        if not self.base:
            raise CannotExamine("the app does not run")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(  # noqa: S310  the address is our own
            f"{self.base}{path}", data, headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=START_WITHIN) as answer:  # noqa: S310
                return Answer(answer.status, json.load(answer))
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.status or 0, json.load(refusal))


def _refused(answer: Answer) -> Outcome:
    """A problem document says what it means, and its type is a page that explains it."""
    said = [str(answer.body[name]) for name in ("code", "detail", "type") if name in answer.body]
    return REFUSED.found(f"{answer.status}", *said, fix="make doctor")


@contextmanager
def serving() -> Iterator[str]:
    """Run the app behind a real server on a free local port; yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(Options().config(APP))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + START_WITHIN
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.02)
    if not server.started:
        raise AppDidNotStart
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_WITHIN)
        listener.close()
