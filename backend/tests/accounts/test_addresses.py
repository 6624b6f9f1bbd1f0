"""The address of an account: proving it, changing it, and taking a change back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.support.asking import until_served
from tests.support.mailbox import Mailbox
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, NEW, PASSWORD = "ada@example.com", "ada.new@example.com", "testpass123"


def verify(client: httpx.Client, token: str, **sent: Any) -> httpx.Response:
    headers = sent.pop("headers", {})
    return client.post("/auth/email/verify", json={"token": token, **sent}, headers=headers)


def ask(client: httpx.Client, me: dict[str, Any], new_email: str = NEW) -> httpx.Response:
    body = {"new_email": new_email, "password": PASSWORD}
    return client.post("/auth/email/change", json=body, headers=me["headers"])


def confirm(client: httpx.Client, token: str, **headers: str) -> httpx.Response:
    return client.post("/auth/email/change/confirm", json={"token": token}, headers=headers)


def undo(client: httpx.Client, token: str, **sent: str) -> httpx.Response:
    return client.post("/auth/email/change/undo", json={"token": token, **sent})


def profile(client: httpx.Client, me: dict[str, Any]) -> httpx.Response:
    return client.get("/auth/profile", headers=me["headers"])


def signin(client: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/auth/signin", json={"email": email, "password": password})


class TestVerification:
    def test_the_mail_of_a_sign_up_proves_the_address(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        assert profile(client, me).json()["email_verified"] is False
        assert verify(client, mailbox.token("verify_email")).status_code == 204
        assert profile(client, me).json()["email_verified"] is True

    def test_it_is_sent_again_on_request(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        first = mailbox.token("verify_email")
        again = client.post("/auth/email/verification", headers=me["headers"])
        assert (again.status_code, again.content) == (202, b"")
        second = mailbox.token("verify_email", count=2)
        assert_problem(verify(client, first), 400, "link_replaced")
        assert verify(client, second).status_code == 204

    def test_without_a_session_it_is_sent_to_a_typed_address(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        sign_up()
        mailbox.wait("verify_email")
        for email in ("nobody@example.com", EMAIL):
            again = client.post("/auth/email/verification", json={"email": email})
            assert (again.status_code, again.content) == (202, b"")
        mailbox.wait("verify_email", count=2)
        assert {mail["to"] for mail in mailbox.all()} == {EMAIL}

    def test_somebody_must_be_named(self, client: httpx.Client) -> None:
        assert_problem(client.post("/auth/email/verification"), 422, "validation_failed")

    def test_a_session_of_another_account_proves_nothing(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        """A stranger's account on my address: my click, while I am signed in, changes nothing."""
        stranger = sign_up()
        token = mailbox.token("verify_email")
        me = sign_up("me@example.com")
        refused = verify(client, token, headers=me["headers"])
        assert_problem(refused, 403, "link_of_another_account")
        refused = verify(client, token, email="me@example.com")
        assert_problem(refused, 403, "link_of_another_account")
        assert profile(client, stranger).json()["email_verified"] is False
        assert verify(client, token, headers=stranger["headers"]).status_code == 204

    def test_an_account_must_be_verified_where_a_setting_asks_for_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, configure: Configure
    ) -> None:
        sign_up()
        token = mailbox.token("verify_email")
        configure(require_verified_email=True)
        assert_problem(signin(client, EMAIL, "a wrong password"), 401, "invalid_credentials")
        assert_problem(signin(client, EMAIL), 403, "email_not_verified")
        assert verify(client, token, email="ADA@example.com").status_code == 204
        assert signin(client, EMAIL).status_code == 200


class TestAChange:
    def test_the_new_address_counts_when_it_is_confirmed(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me = sign_up()
        other = signin(client, EMAIL).json()
        assert ask(client, me).status_code == 202
        assert mailbox.wait("confirm_email")["to"] == NEW
        assert mailbox.wait("email_changing")["to"] == EMAIL
        assert profile(client, me).json()["email"] == EMAIL

        token = mailbox.token("confirm_email")
        assert confirm(client, token, **me["headers"]).status_code == 204
        shown = profile(client, me).json()
        assert (shown["email"], shown["email_verified"]) == (NEW, True)
        others = {"headers": {"Authorization": f"Bearer {other['access_token']}"}}
        assert_problem(profile(client, others), 401, "session_revoked")
        assert_problem(signin(client, EMAIL), 401, "invalid_credentials")
        assert signin(client, NEW).status_code == 200
        assert mailbox.wait("email_changed")["to"] == EMAIL

    def test_it_needs_the_password(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        for sent, refusal in (
            ({"password": "a wrong password"}, (401, "invalid_credentials")),
            ({}, (422, "validation_failed")),
        ):
            body = {"new_email": NEW, **sent}
            answer = client.post("/auth/email/change", json=body, headers=me["headers"])
            assert_problem(answer, *refusal)

    def test_of_two_people_who_claim_one_address_one_gets_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        for number in range(2):
            me = sign_up(f"p{number}@example.com")
            assert ask(client, me).status_code == 202
        mailbox.wait("confirm_email", count=2)
        links = [mail["link"] for mail in mailbox.all() if mail["kind"] == "confirm_email"]
        tokens = [link.partition("?token=")[2] for link in links]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(until_served, [partial(confirm, client, token) for token in tokens])
            )
        assert sorted(answer.status_code for answer in answers) == [204, 409]

    def test_a_taken_address_is_refused_as_at_sign_up(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, configure: Configure
    ) -> None:
        sign_up(NEW)
        me = sign_up()
        assert_problem(ask(client, me), 409, "email_taken")
        configure(signup_reveals_accounts=False)
        assert ask(client, me).status_code == 202
        assert mailbox.wait("account_exists")["to"] == NEW

    def test_the_link_is_for_its_account_only(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        me, other = sign_up(), sign_up("other@example.com")
        assert ask(client, me).status_code == 202
        token = mailbox.token("confirm_email")
        refused = confirm(client, token, **other["headers"])
        assert_problem(refused, 403, "link_of_another_account")
        assert profile(client, me).json()["email"] == EMAIL


class TestATheft:
    def steal(self, client: httpx.Client, me: dict[str, Any], mailbox: Mailbox) -> str:
        """Change the address as a thief would, and return the link that undoes it."""
        assert ask(client, me).status_code == 202
        assert confirm(client, mailbox.token("confirm_email")).status_code == 204
        return mailbox.token("email_changing")

    def test_the_former_address_takes_its_account_back(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        token = self.steal(client, sign_up(), mailbox)
        thief = signin(client, NEW).json()
        assert undo(client, token).status_code == 204

        for email in (NEW, EMAIL):
            assert_problem(signin(client, email), 401, "invalid_credentials")
        of_thief = {"headers": {"Authorization": f"Bearer {thief['access_token']}"}}
        assert_problem(profile(client, of_thief), 401, "session_revoked")
        body = {"token": mailbox.token("reset_password"), "new_password": "copper lantern 77"}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        assert signin(client, EMAIL, "copper lantern 77").status_code == 200

    def test_a_typed_address_must_be_the_former_one(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        token = self.steal(client, sign_up(), mailbox)
        for typed in (NEW, "somebody@example.com"):
            refused = undo(client, token, email=typed)
            assert_problem(refused, 422, "validation_failed")
            (error,) = refused.json()["errors"]
            assert (error["field"], error["code"]) == ("email", "email_not_former")
        assert signin(client, NEW).status_code == 200
        assert undo(client, token, email="ADA@Example.com").status_code == 204
        assert_problem(signin(client, NEW), 401, "invalid_credentials")

    def test_a_change_of_the_password_does_not_prevent_it(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        token = self.steal(client, sign_up(), mailbox)
        thief = {"Authorization": f"Bearer {signin(client, NEW).json()['access_token']}"}
        body = {"current_password": PASSWORD, "new_password": "copper lantern 77"}
        changed = client.post("/auth/password/change", json=body, headers=thief)
        assert changed.status_code == 200
        assert undo(client, token).status_code == 204
        assert_problem(signin(client, NEW, "copper lantern 77"), 401, "invalid_credentials")

    def test_a_second_change_leads_back_to_the_first_address(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        token = self.steal(client, sign_up(), mailbox)
        headers = {"Authorization": f"Bearer {signin(client, NEW).json()['access_token']}"}
        assert ask(client, {"headers": headers}, "thief@example.com").status_code == 202
        second = mailbox.token("confirm_email", count=2)
        assert confirm(client, second).status_code == 204
        assert undo(client, token).status_code == 204
        assert signin(client, EMAIL).status_code == 401
        assert mailbox.wait("reset_password")["to"] == EMAIL

    def test_the_time_to_undo_counts_from_the_change_and_not_from_the_request(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, moved: Clock
    ) -> None:
        """A thief who asks first and confirms late gains nothing."""
        assert ask(client, sign_up()).status_code == 202
        token, confirming = mailbox.token("email_changing"), mailbox.token("confirm_email")
        moved.advance(timedelta(hours=23))
        assert confirm(client, confirming).status_code == 204
        moved.advance(timedelta(days=6, hours=23))
        assert undo(client, token).status_code == 204

    def test_each_former_address_gets_its_own_link_and_a_thief_cannot_undo_the_undoing(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        first = self.steal(client, sign_up(), mailbox)
        headers = {"Authorization": f"Bearer {signin(client, NEW).json()['access_token']}"}
        assert ask(client, {"headers": headers}, "third@example.com").status_code == 202
        second = mailbox.token("email_changing", count=2)
        assert mailbox.wait("email_changing", count=2)["to"] == NEW
        assert confirm(client, mailbox.token("confirm_email", count=2)).status_code == 204
        assert undo(client, first).status_code == 204
        assert_problem(undo(client, second), 400, "link_replaced")

    def test_an_address_that_nobody_proved_is_not_reserved(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
    ) -> None:
        """Otherwise anybody could keep others out of their own addresses."""
        self.steal(client, sign_up(), mailbox)
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signup", json=body).status_code == 201

    def test_nobody_else_gets_the_former_address_meanwhile(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        mailbox: Mailbox,
        moved: Clock,
        configure: Configure,
    ) -> None:
        me = sign_up()
        assert verify(client, mailbox.token("verify_email")).status_code == 204
        token = self.steal(client, me, mailbox)
        configure(magic_link=True, magic_link_signup=True)
        attempt = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        mailbox.wait("email_changed")
        assert attempt
        assert "magic_link" not in {mail["kind"] for mail in mailbox.all()}
        body = {"email": EMAIL, "password": PASSWORD}
        assert_problem(client.post("/auth/signup", json=body), 409, "email_taken")
        moved.advance(timedelta(days=7, seconds=1))
        assert_problem(undo(client, token), 400, "link_expired")
        assert client.post("/auth/signup", json=body).status_code == 201


class TestLinksOfTheFormerAddress:
    """What was mailed before a change of the address counts no longer, in each order."""

    LINKS = ("verify_email", "reset_password", "magic_link")

    @pytest.fixture
    def use(
        self, client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, configure: Configure
    ) -> Callable[[str], httpx.Response]:
        """Use the link of this kind. All of them were mailed to the former address."""
        configure(magic_link=True)
        self.me = sign_up()
        assert client.post("/auth/password/forgot", json={"email": EMAIL}).status_code == 202
        asked = client.post("/auth/magic-link", json={"email": EMAIL})
        tokens = {kind: mailbox.token(kind) for kind in self.LINKS}
        calls = {
            "verify_email": ("/auth/email/verify", {}),
            "reset_password": ("/auth/password/reset", {"new_password": "copper lantern 77"}),
            "magic_link": ("/auth/magic-link/signin", asked.json()),
        }

        def use(kind: str) -> httpx.Response:
            path, more = calls[kind]
            return client.post(path, json={"token": tokens[kind], **more})

        return use

    @pytest.mark.parametrize("kind", LINKS)
    def test_a_change_replaces_it_even_if_the_account_gets_its_former_address_again(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        direct: Connection,
        use: Callable[[str], httpx.Response],
        kind: str,
    ) -> None:
        assert ask(client, self.me).status_code == 202
        assert confirm(client, mailbox.token("confirm_email")).status_code == 204
        rename(direct, EMAIL)
        assert_problem(use(kind), 400, "link_replaced")
        assert stored(direct) == [(EMAIL, True)]

    @pytest.mark.parametrize("kind", LINKS)
    def test_an_address_that_was_changed_in_the_database_replaces_it(
        self, direct: Connection, use: Callable[[str], httpx.Response], kind: str
    ) -> None:
        rename(direct, NEW)
        assert_problem(use(kind), 400, "link_replaced")
        assert stored(direct) == [(NEW, False)]


def rename(direct: Connection, email: str) -> None:
    with direct.cursor() as cursor:
        values = "email = %(email)s, email_key = %(email)s, address_key = %(email)s"
        cursor.execute(f'UPDATE "user" SET {values}', {"email": email})  # noqa: S608  ours


def stored(direct: Connection) -> list[tuple[Any, ...]]:
    with direct.cursor() as cursor:
        cursor.execute('SELECT email, email_verified_at IS NOT NULL FROM "user"')
        return cursor.fetchall()
