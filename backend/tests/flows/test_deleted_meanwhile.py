"""An account is deleted while a request about it is answered: between any two of its statements."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg2
import psycopg2.errors
import pytest
from sqlalchemy import event

from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support import passkeys
from tests.support.authenticator import Authenticator
from tests.support.factors import code_of, enrol, first_step
from tests.support.mailbox import Mailbox
from tests.support.waiting import eventually

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
Ask = Callable[[], httpx.Response]
MOST = 60
"""More statements than any request has."""


@contextmanager
def deleted_before(number: int, direct: Connection) -> Iterator[list[bool]]:
    """Delete all accounts before this statement of the app. Gives whether that was possible.

    It is not while the app holds the lock of the account: then the deletion would have waited.
    """
    from src.database.database import current

    engine, seen = current().engine, 0
    done: list[bool] = []

    def delete(*_: Any) -> None:
        nonlocal seen
        if current().is_background or done:
            return
        seen += 1
        if seen < number:
            return
        try:
            with direct.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
                cursor.execute('DELETE FROM "user"')
            done.append(True)
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
            done.append(False)

    event.listen(engine, "before_cursor_execute", delete)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", delete)


@dataclass
class Person:
    client: httpx.Client
    sign_up: SignUp
    mailbox: Mailbox
    count: int = 0
    email: str = ""
    me: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> None:
        """Another account for each try: mails of earlier ones stay."""
        self.count += 1
        self.email = f"ada{self.count}@example.com"
        self.me = self.sign_up(self.email)

    def post(self, path: str, **body: Any) -> Ask:
        headers = self.me["headers"]
        return lambda: self.client.post(f"/auth/{path}", json=body or None, headers=headers)

    def link(self, kind: str) -> str:
        def sent() -> list[str]:
            mine = [mail for mail in self.mailbox.all() if mail["to"] == self.email]
            return [mail["link"] for mail in mine if mail["kind"] == kind]

        eventually(lambda: sent() != [])
        return sent()[-1].partition("?token=")[2]

    def signin_with_a_passkey(self) -> Ask:
        one = passkeys.added(self.client, self.me)
        sent = one.use(passkeys.signin_options(self.client))
        return lambda: passkeys.sign_in(self.client, sent)

    def prove_with_a_passkey(self) -> Ask:
        one = passkeys.added(self.client, self.me)
        sent = one.use(passkeys.proof_options(self.client, self.me))
        return lambda: passkeys.prove(self.client, self.me, sent)

    def options_of_a_proof(self) -> Ask:
        passkeys.added(self.client, self.me)
        return self.post("passkeys/reauthenticate/options")

    def add_a_passkey(self) -> Ask:
        sent = Authenticator().make(passkeys.new_options(self.client, self.me))
        return self.post("passkeys", attestation=sent)

    def prove_with_a_code(self) -> Ask:
        secret = enrol(self.client, self.me)
        return self.post("reauthenticate", code=code_of(secret, later=1))

    def prove_with_a_password(self) -> Ask:
        return self.post("reauthenticate", password=PASSWORD)

    def second_step(self) -> Ask:
        secret = enrol(self.client, self.me)
        attempt = first_step(self.client, self.email)
        return self.post("signin/totp", attempt=attempt, code=code_of(secret, later=1))

    def signin(self) -> Ask:
        return self.post("signin", email=self.email, password=PASSWORD)

    def magic_link(self) -> Ask:
        asked = self.client.post("/auth/magic-link", json={"email": self.email}).json()
        link = self.link("magic_link")
        return self.post("magic-link/signin", attempt=asked["attempt"], token=link)

    def refresh(self) -> Ask:
        return self.post("refresh", refresh_token=self.me["refresh_token"])

    def list_factors(self) -> Ask:
        return lambda: self.client.get("/auth/factors", headers=self.me["headers"])

    def mail_of_the_address(self) -> Ask:
        return self.post("email/verification")

    def verify_the_address(self) -> Ask:
        return self.post("email/verify", token=self.link("verify_email"))

    def change_of_the_address(self) -> Ask:
        return self.post("email/change", new_email=f"new.{self.email}", password=PASSWORD)

    def change_of_the_password(self) -> Ask:
        body = {"current_password": PASSWORD, "new_password": "another pass phrase"}
        return self.post("password/change", **body)

    def deletion(self) -> Ask:
        return self.post("profile/delete", password=PASSWORD)

    def stop_of_a_reset(self) -> Ask:
        return self.post("factors/reset/stop")


WAYS = [way for name, way in vars(Person).items() if not name.startswith("_") and callable(way)]
WAYS = [way for way in WAYS if way.__name__ not in {"begin", "post", "link"}]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_request_fails_in_the_service(
    client: httpx.Client,
    sign_up: SignUp,
    mailbox: Mailbox,
    direct: Connection,
    configure: Configure,
    way: Callable[[Person], Ask],
) -> None:
    configure(magic_link=True)
    person = Person(client, sign_up, mailbox)
    for number in range(1, MOST):
        person.begin()
        ask = way(person)
        with deleted_before(number, direct) as done:
            answer = ask()
        assert answer.status_code < 500, (number, answer.text)
        if not done:
            break
        if done == [False]:
            with direct.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")
                cursor.execute('DELETE FROM "user"')
    assert number > 1
    assert not done
