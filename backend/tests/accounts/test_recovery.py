"""A forgotten password: a link by mail, and a new password with it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.verification.upkeep import end_of_disabled
from tests.support.asking import until_served
from tests.support.mailbox import Mailbox
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
EMAIL, OLD, NEW = "ada@example.com", "testpass123", "lantern copper door 9"


def forget(client: httpx.Client, email: str = EMAIL) -> None:
    answer = client.post("/auth/password/forgot", json={"email": email})
    assert (answer.status_code, answer.content) == (202, b""), answer.text


def reset(client: httpx.Client, token: str, password: str = NEW) -> httpx.Response:
    return client.post("/auth/password/reset", json={"token": token, "new_password": password})


def signin(client: httpx.Client, password: str, email: str = EMAIL) -> int:
    return client.post("/auth/signin", json={"email": email, "password": password}).status_code


class TestForgotten:
    def test_the_link_sets_a_new_password_and_ends_all_sessions(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        assert reset(client, token).status_code == 204

        assert signin(client, OLD) == 401
        assert signin(client, NEW) == 200
        profile = client.get("/auth/profile", headers=me["headers"])
        assert_problem(profile, 401, "session_revoked")
        assert mailbox.wait("password_changed")["to"] == EMAIL

    def test_an_address_without_an_account_gets_the_same_answer_and_no_mail(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        forget(client, "nobody@example.com")
        forget(client)  # a mail that comes after it
        mailbox.wait("reset_password")
        assert {mail["to"] for mail in mailbox.all()} == {EMAIL}

    def test_the_mail_goes_to_the_stored_address(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up("Ada@example.com")
        forget(client, "aDA@EXAMPLE.com")
        assert mailbox.wait("reset_password")["to"] == "Ada@example.com"

    def test_it_proves_the_address(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        forget(client)
        assert reset(client, mailbox.token("reset_password")).status_code == 204
        body = {"email": EMAIL, "password": NEW}
        access = client.post("/auth/signin", json=body).json()["access_token"]
        profile = client.get("/auth/profile", headers={"Authorization": f"Bearer {access}"})
        assert profile.json()["email_verified"] is True


class TestTheLink:
    def test_only_one_of_32_parallel_uses_succeeds(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")

        def use(_: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return until_served(lambda: reset(own, token)).status_code

        with ThreadPoolExecutor(32) as pool:
            assert sorted(pool.map(use, range(32))) == [204] + [400] * 31

    def test_a_newer_one_replaces_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        forget(client)
        first = mailbox.token("reset_password")
        forget(client)
        second = mailbox.token("reset_password", count=2)
        assert_problem(reset(client, first), 400, "link_replaced")
        assert reset(client, second).status_code == 204
        assert_problem(reset(client, second), 400, "link_used")

    def test_it_expires(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, moved: Clock
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        moved.advance(timedelta(minutes=30))
        assert_problem(reset(client, token), 400, "link_expired")

    def test_a_change_of_the_password_replaces_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        body = {"current_password": OLD, "new_password": NEW}
        changed = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert changed.status_code == 200
        assert_problem(reset(client, token, "another long door 7"), 400, "link_replaced")

    def test_a_password_changed_in_the_database_replaces_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = NULL')
        assert_problem(reset(client, token), 400, "link_replaced")

    def test_that_of_a_disabled_account_is_refused(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        assert_problem(reset(client, token), 400, "link_invalid")

    def test_that_of_an_account_that_was_disabled_meanwhile_does_not_count_again(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
            assert end_of_disabled(threading.Event()) == 2  # and that of the verification
            cursor.execute('UPDATE "user" SET disabled_at = NULL')
        assert_problem(reset(client, token), 400, "link_replaced")

    @pytest.mark.parametrize("token", ["x", "a" * 43, "é" * 40])
    def test_one_that_is_none_of_ours_is_refused(self, client: httpx.Client, token: str) -> None:
        assert_problem(reset(client, token), 400, "link_invalid")

    def test_it_is_not_used_by_a_password_that_is_refused(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        forget(client)
        token = mailbox.token("reset_password")
        assert_problem(reset(client, token, "password1"), 422, "password_too_common")
        assert reset(client, token).status_code == 204
