"""A client that writes anything into any place of the API, and judges what comes back."""

import itertools
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from src.kit.problem import Problem
from src.web.responses import MEDIA_TYPE
from tests.support.places import BUNDLE, BUNDLED_UP_TO, Operation, Place
from tests.support.raw_http import PATIENCE, Raw, parsed

PASSWORD = "wander-lantern-42"
ENDED = (b'"session_revoked"', b'"token_expired"')
MIN_ECHO = 16
"""From this length on, a text cannot be in an answer by chance."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    email: str
    access_token: str
    refresh_token: str


class Visitor:
    """One connection, as long as the server keeps it open, and a user who is signed in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None
        self._person: Person | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def write(self, place: Place, value: Any) -> Raw:
        """Send `value` in this place, as a user with a valid session."""
        if place.name == BUNDLE and len(str(value)) > BUNDLED_UP_TO:
            return self._write_one_by_one(place, value)
        answer = self._write(place, value)
        if place.operation.secured and any(code in answer.body for code in ENDED):
            self._person = None  # an earlier request has ended the session, or it has expired
            answer = self._write(place, value)
        if answer.status == 200 and "new_password" in (place.operation.example or ()):
            self._person = None  # the password has changed
        return answer

    def _write_one_by_one(self, place: Place, value: Any) -> Raw:
        """The worst of the answers."""
        headers = [
            Place(place.operation, "header", name) for name in place.operation.passive_headers
        ]
        each = [*headers, Place(place.operation, "query", "value")]
        return max((self.write(one, value) for one in each), key=lambda answer: answer.status)

    def _write(self, place: Place, value: Any) -> Raw:
        person = self._person or self._sign_up()
        known = {
            "email": _address() if place.operation.path == "/auth/signup" else person.email,
            "password": PASSWORD,
            "current_password": PASSWORD,
            "new_password": PASSWORD[::-1],
            "refresh_token": person.refresh_token,
        }
        return self.send(place.request(value, known, person.access_token))

    def _sign_up(self) -> Person:
        body = {"email": _address(), "password": PASSWORD}
        assert self._post("/auth/signup", body).status == 201
        tokens = json.loads(self._post("/auth/signin", body).body)
        self._person = Person(body["email"], tokens["access_token"], tokens["refresh_token"])
        return self._person

    def _post(self, path: str, body: dict[str, str]) -> Raw:
        whole = Place(Operation("POST", path, example={}), "body", "")
        return self.send(whole.request(json.dumps(body), {}, None))

    def send(self, request: bytes) -> Raw:
        """The answer. If it says to retry later, retry, for at most half a minute."""
        answer = self._send_again(request)
        for _ in range(30):
            if b'"code":"overloaded"' not in answer.body:
                break
            time.sleep(1)
            answer = self._send_again(request)
        return answer

    def _send_again(self, request: bytes) -> Raw:
        try:
            return self._send(request)
        except ConnectionError:  # the server has just closed the idle connection
            self.close()
            return self._send(request)

    def _send(self, request: bytes) -> Raw:
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        with suppress(ConnectionError):  # refused before all was sent: the answer is there
            self._connection.sendall(request)
        received = b""
        while not (answers := parsed(received)):
            some = self._connection.recv(65536)
            if not some:
                raise ConnectionResetError
            received += some
        if answers[0].headers.get("connection") == "close":
            self.close()
        return replace(answers[0], seconds=time.perf_counter() - began)


def _address() -> str:
    return f"visitor-{os.getpid()}-{next(_numbers)}@example.com"


def complaint(place: Place, value: Any, answer: Raw) -> str | None:
    """What is wrong with this answer; the text never contains the value."""
    if answer.status >= 500:
        return f"{answer.status}"
    if answer.status >= 400:
        if answer.headers.get("content-type") != MEDIA_TYPE:
            return f"{answer.status} is no problem document"
        if json.loads(answer.body)["code"] not in Problem.registry:
            return f"{answer.status} with an unknown code"
    if place.secret and isinstance(value, str) and _stands_in(value, answer.body):
        return f"{answer.status} echoes a secret"
    return None


def _stands_in(value: str, body: bytes) -> bool:
    """True for a text that is too long to be in the answer by chance."""
    if len(value.strip()) < MIN_ECHO:
        return False
    plain, escaped = value.encode("utf-8", "replace"), json.dumps(value)[1:-1].encode()
    return plain in body or escaped in body
