"""Somebody else had the account, by opening it with my address or by stealing it: what ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.support.mailbox import Mailbox

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, OTHER, OLD, NEW = "ada@example.com", "eve@example.com", "testpass123", "copper lantern 77"


def signin(
    client: httpx.Client, password: str, device: str | None = None, email: str = EMAIL
) -> httpx.Response:
    headers = {} if device is None else {"Postern-Device": device}
    body = {"email": email, "password": password}
    answer = client.post("/auth/signin", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def device_of(answer: httpx.Response) -> str:
    device: str = answer.headers["Postern-Device"]
    return device


def reset(client: httpx.Client, mailbox: Mailbox, *, ask: bool = True, count: int = 1) -> None:
    if ask:
        client.post("/auth/password/forgot", json={"email": EMAIL})
    body = {"token": mailbox.token("reset_password", count=count), "new_password": NEW}
    assert client.post("/auth/password/reset", json=body).status_code == 204


def notices(direct: Connection) -> int:
    with direct.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mail WHERE kind = 'new_device'")
        [(count,)] = cursor.fetchall()
    return int(count)


class TestTheDeviceOfAStranger:
    def test_it_is_unknown_after_the_reset_that_proved_the_address(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        sign_up()
        device = device_of(signin(client, OLD))
        sign_up(OTHER)  # a sign-in to another account renews the token, and not the entry
        moved.advance(timedelta(minutes=5))
        reset(client, mailbox)
        moved.advance(timedelta(minutes=5))
        device = device_of(signin(client, OLD, device, OTHER))
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before + 1

    def test_it_is_unknown_after_a_theft_that_was_undone(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        me = sign_up()
        verified = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=verified).status_code == 204
        moved.advance(timedelta(minutes=5))
        device = device_of(signin(client, OLD))
        body = {"new_email": OTHER, "password": OLD}
        asked = client.post("/auth/email/change", json=body, headers=me["headers"])
        assert asked.status_code == 202
        for path, kind in (("confirm", "confirm_email"), ("undo", "email_changing")):
            body = {"token": mailbox.token(kind)}
            done = client.post(f"/auth/email/change/{path}", json=body)
            assert done.status_code == 204, done.text
            moved.advance(timedelta(minutes=5))
        reset(client, mailbox, ask=False)
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before + 1


class TestAnOwnDevice:
    @pytest.fixture
    def device(self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, moved: Clock) -> str:
        """Of an account whose address was proved before."""
        sign_up()
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        moved.advance(timedelta(minutes=5))
        return device_of(signin(client, OLD))

    def test_it_stays_known_after_a_reset(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        moved: Clock,
        device: str,
        direct: Connection,
    ) -> None:
        moved.advance(timedelta(minutes=5))
        reset(client, mailbox)
        before = notices(direct)
        signin(client, NEW, device)
        assert notices(direct) == before

    def test_it_stays_known_if_the_address_is_proved_with_the_mail_of_the_sign_up(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        direct: Connection,
    ) -> None:
        sign_up()
        device = device_of(signin(client, OLD))
        moved.advance(timedelta(minutes=5))
        body = {"token": mailbox.token("verify_email")}
        assert client.post("/auth/email/verify", json=body).status_code == 204
        before = notices(direct)
        signin(client, OLD, device)
        assert notices(direct) == before
