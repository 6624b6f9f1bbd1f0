"""POST /auth/reauthenticate: the password is proven again, and the session is fresh."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.kit.clock import Clock
from tests.conftest import PASSWORD
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection


def claims(tokens: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return said


def refresh(client: httpx.Client, tokens: dict[str, Any]) -> dict[str, Any]:
    body = {"refresh_token": tokens["refresh_token"]}
    pair: dict[str, Any] = client.post("/auth/refresh", json=body).raise_for_status().json()
    return pair


def prove(client: httpx.Client, me: dict[str, Any], password: str = PASSWORD) -> httpx.Response:
    return client.post("/auth/reauthenticate", json={"password": password}, headers=me["headers"])


def proofs(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT authenticated_at, amr FROM session ORDER BY id")
        return cursor.fetchall()


class TestTheRightPassword:
    def test_the_next_token_has_a_new_auth_time(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        began = claims(me)["auth_time"]
        moved.advance(timedelta(minutes=5))
        assert prove(client, me).status_code == 204
        after = claims(refresh(client, me))
        assert after["auth_time"] == began + 300
        assert (after["amr"], after["acr"]) == (["pwd"], "aal1")

    def test_only_this_session_becomes_fresh(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection, moved: Clock
    ) -> None:
        me = sign_up()
        client.post("/auth/signin", json={"email": "ada@example.com", "password": PASSWORD})
        moved.advance(timedelta(minutes=5))
        prove(client, me)
        (first, _), (second, _) = proofs(direct)
        assert first - second == timedelta(minutes=5)

    def test_a_password_does_not_renew_an_earlier_second_factor(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection, moved: Clock
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:
            cursor.execute("UPDATE session SET amr = 'pwd otp'")
        me = {**me, **refresh(client, me)}
        assert claims(me)["acr"] == "aal2"
        moved.advance(timedelta(minutes=5))
        assert prove(client, me).status_code == 204
        after = claims(refresh(client, me))
        assert (after["amr"], after["acr"]) == (["pwd"], "aal1")

    def test_a_refresh_does_not_change_auth_time(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        moved.advance(timedelta(minutes=5))
        assert claims(refresh(client, me))["auth_time"] == claims(me)["auth_time"]


class TestRefusal:
    def test_a_wrong_password_changes_nothing_and_is_counted(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        direct: Connection,
        configure: Callable[..., Any],
        moved: Clock,
    ) -> None:
        configure(rate_limits=True)
        me, before = sign_up(), None
        before = proofs(direct)
        moved.advance(timedelta(minutes=5))
        assert_problem(prove(client, me, "wrong-password"), 401, "invalid_credentials")
        assert proofs(direct) == before
        with direct.cursor() as cursor:
            cursor.execute("SELECT failures FROM failure_streak")
            assert cursor.fetchall() == [
                (1,),
                (1,),
            ]  # one of the session, one of the account's sessions

    def test_an_ended_session_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        client.post("/auth/signout", headers=me["headers"])
        assert_problem(prove(client, me), 401, "session_revoked")

    @pytest.mark.parametrize("body", [{}, {"password": None}, {"password": PASSWORD, "code": "1"}])
    def test_an_invalid_body_is_refused(
        self, client: httpx.Client, sign_up: SignUp, body: dict[str, Any]
    ) -> None:
        me = sign_up()
        answer = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")


class TestEarlierReleases:
    def test_the_auth_time_of_an_old_session_is_its_start(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection, moved: Clock
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:
            cursor.execute("UPDATE session SET authenticated_at = NULL, amr = NULL")
        moved.advance(timedelta(minutes=5))
        after = claims(refresh(client, me))
        assert (after["auth_time"], after["amr"]) == (claims(me)["auth_time"], ["pwd"])
