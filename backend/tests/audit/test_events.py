"""What people do with their accounts is in the log: who, where from, which request; no secret."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.audit import events
from src.kit.clock import Clock, now
from src.kit.flood import MINUTE, Flood
from src.users.addresses import address_key
from tests.conftest import PASSWORD

SignUp = Callable[..., dict[str, Any]]
NEW = "violet-lantern-orchard-9"
WRONG = "not-the-password-1"
AGENT = {"User-Agent": "Lanterns/1.0 " + "x" * 200}


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """The events so far, each with its request's id; they are forgotten then."""

    def said() -> list[dict[str, Any]]:
        records = [record for record in caplog.records if record.name == events.log.name]
        for secret in (PASSWORD, NEW, WRONG, "ada@example.com", "nobody@example.com"):
            assert secret not in caplog.text
        fields = [
            {**getattr(record, "fields"), "at": record.levelno}  # noqa: B009  not an attribute of all
            for record in records
        ]
        caplog.clear()
        return fields

    return said


def names(fields: list[dict[str, Any]]) -> list[str]:
    return [one["event"] for one in fields]


Said = Callable[[], list[dict[str, Any]]]


class TestEvents:
    def test_of_signing_up_and_in(self, client: httpx.Client, sign_up: SignUp, said: Said) -> None:
        me = sign_up()
        up, into = said()
        assert up["event"] == "signup.succeeded"
        assert (into["event"], into["user_id"], into["session_id"]) == (
            "signin.succeeded",
            me["id"],
            1,
        )
        assert (into["methods"], into["client"], into["at"]) == ("pwd", "127.0.0.1", logging.INFO)
        taken = {"email": "ada@example.com", "password": NEW}
        assert client.post("/auth/signup", json=taken).status_code == 409
        [refused] = said()
        assert (refused["event"], refused["reason"]) == ("signup.refused", "email_taken")
        assert refused["address"] == events.digest(address_key("ada@example.com"))

    def test_of_a_refused_sign_in(self, client: httpx.Client, sign_up: SignUp, said: Said) -> None:
        me = sign_up()
        said()
        for email in ("ada@example.com", "nobody@example.com"):
            body = {"email": email, "password": WRONG}
            assert client.post("/auth/signin", json=body, headers=AGENT).status_code == 401
        known, unknown = said()
        assert known["event"] == unknown["event"] == "signin.refused"
        assert known["reason"] == unknown["reason"] == "invalid_credentials"
        assert known["user_id"] == me["id"]
        assert "user_id" not in unknown
        assert unknown["address"] == events.digest(address_key("NOBODY@example.com"))
        assert len(unknown["user_agent"]) == events.MAX_USER_AGENT
        assert known["at"] == logging.WARNING

    def test_of_a_disabled_account(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        said: Said,
        direct: psycopg2.extensions.connection,
    ) -> None:
        me = sign_up()
        said()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        body = {"email": "ada@example.com", "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 403
        [refused] = said()
        assert (refused["reason"], refused["user_id"]) == ("account_disabled", me["id"])

    def test_of_proving_the_password_again(
        self, client: httpx.Client, sign_up: SignUp, said: Said
    ) -> None:
        me = sign_up()
        said()
        for password in (WRONG, PASSWORD):
            body = {"password": password}
            client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        refused, succeeded = said()
        assert names([refused, succeeded]) == ["proof.refused", "proof.succeeded"]
        assert refused["user_id"] == succeeded["user_id"] == me["id"]
        assert refused["session_id"] == succeeded["session_id"] == 1

    def test_of_a_change_of_password_and_the_deletion(
        self, client: httpx.Client, sign_up: SignUp, said: Said
    ) -> None:
        me = sign_up()
        client.post("/auth/signin", json={"email": "ada@example.com", "password": PASSWORD})
        said()
        body = {"current_password": PASSWORD, "new_password": NEW}
        changed = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert changed.is_success
        seen = said()
        assert {"proof.succeeded", "sessions.ended", "password.changed"} == set(names(seen))
        ended = next(one for one in seen if one["event"] == "sessions.ended")
        assert (ended["by"], ended["user_id"]) == ("password_change", me["id"])
        assert all(one["user_id"] == me["id"] for one in seen)

        tokens = client.post("/auth/signin", json={"email": "ada@example.com", "password": NEW})
        said()
        bearer = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        client.post("/auth/profile/delete", json={"password": NEW}, headers=bearer)
        assert names(said())[-1] == "account.deleted"

    def test_of_sessions_that_end(self, client: httpx.Client, sign_up: SignUp, said: Said) -> None:
        me = sign_up()
        body = {"email": "ada@example.com", "password": PASSWORD}
        for _ in range(3):
            client.post("/auth/signin", json=body)
        said()
        client.delete("/auth/sessions/2", headers=me["headers"])
        client.delete("/auth/sessions", headers=me["headers"])
        client.post("/auth/signout", headers=me["headers"])
        one, others, own = said()
        assert (one["by"], one["count"], one["session_id"]) == ("other_device", 1, 2)
        assert (others["by"], others["count"]) == ("other_device", 2)
        assert (own["by"], own["session_id"]) == ("sign_out", 1)
        assert names([one, others, own]) == ["sessions.ended"] * 3

    def test_of_a_refresh_token_that_is_used_again(
        self, client: httpx.Client, sign_up: SignUp, said: Said
    ) -> None:
        me = sign_up()
        second = client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]}).json()
        client.post("/auth/refresh", json={"refresh_token": second["refresh_token"]})
        said()
        again = client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})
        assert again.status_code == 401
        reused, ended = said()
        assert names([reused, ended]) == ["refresh_token.reused", "sessions.ended"]
        assert (reused["user_id"], reused["session_id"]) == (me["id"], 1)
        assert (reused["presented"], reused["current"]) == (1, 3)
        assert reused["at"] == logging.WARNING

    def test_of_a_limit_stand_for_all_of_their_minute(
        self,
        client: httpx.Client,
        said: Said,
        configure: Callable[..., Any],
        moved: Clock,  # noqa: ARG002  all of it is in one minute
    ) -> None:
        configure(rate_limits=True)
        body = {"email": "nobody@example.com", "password": WRONG}
        statuses = [client.post("/auth/signin", json=body).status_code for _ in range(40)]
        assert statuses.count(429) > 5
        limits = [one for one in said() if one["event"] == "limit.reached"]
        assert [one["count"] for one in limits] == [1] * len({one["policy"] for one in limits})
        assert {one["address"] for one in limits} == {events.digest("nobody@example.com")}

    def test_of_a_limit_name_the_account_of_a_session(
        self, client: httpx.Client, sign_up: SignUp, said: Said, configure: Callable[..., Any]
    ) -> None:
        me = sign_up()
        configure(rate_limits=True)
        body = {"password": WRONG}
        for _ in range(12):
            client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        limits = [one for one in said() if one["event"] == "limit.reached"]
        assert {one["user_id"] for one in limits} == {me["id"]}

    def test_of_what_is_rolled_back_are_none(
        self, client: httpx.Client, sign_up: SignUp, said: Said
    ) -> None:
        me = sign_up()
        said()
        assert client.delete("/auth/sessions/99", headers=me["headers"]).status_code == 404
        assert said() == []


class TestFlood:
    def test_writes_the_first_at_once_and_one_line_a_minute_for_the_others(self) -> None:
        flood, at = Flood(), now()
        assert flood.note("a", at) == 1
        assert [flood.note("a", at + MINUTE / 2) for _ in range(3)] == [None] * 3
        assert flood.note("b", at) == 1
        assert flood.note("a", at + MINUTE) == 4
        assert flood.note("a", at + MINUTE) is None
        assert flood.rest() == {"a": 1}
        assert flood.rest() == {}

    def test_writes_on_after_a_clock_was_put_back(self) -> None:
        flood, at = Flood(), now()
        flood.note("a", at)
        assert flood.note("a", at - MINUTE * 60) == 1
