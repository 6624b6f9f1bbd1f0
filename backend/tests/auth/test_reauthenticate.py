"""POST /auth/reauthenticate: the password again, for a session that is fresh from then on."""

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
    def test_gives_the_next_token_a_new_auth_time(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        began = claims(me)["auth_time"]
        moved.advance(timedelta(minutes=5))
        assert prove(client, me).status_code == 204
        after = claims(refresh(client, me))
        assert after["auth_time"] == began + 300
        assert (after["amr"], after["acr"]) == (["pwd"], "aal1")

    def test_is_of_this_session_alone(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection, moved: Clock
    ) -> None:
        me = sign_up()
        client.post("/auth/signin", json={"email": "ada@example.com", "password": PASSWORD})
        moved.advance(timedelta(minutes=5))
        prove(client, me)
        (first, _), (second, _) = proofs(direct)
        assert first - second == timedelta(minutes=5)

    def test_an_earlier_proof_of_another_kind_is_not_made_younger(
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

    def test_a_refresh_by_itself_proves_nothing(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        me = sign_up()
        moved.advance(timedelta(minutes=5))
        assert claims(refresh(client, me))["auth_time"] == claims(me)["auth_time"]


class TestRefusal:
    def test_of_a_wrong_password_changes_nothing_and_is_counted(
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
            assert cursor.fetchall() == [(1,), (1,)]  # of the session, and of all of the account

    def test_of_a_session_that_has_ended(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        client.post("/auth/signout", headers=me["headers"])
        assert_problem(prove(client, me), 401, "session_revoked")

    @pytest.mark.parametrize("body", [{}, {"password": None}, {"password": PASSWORD, "code": "1"}])
    def test_of_another_body(
        self, client: httpx.Client, sign_up: SignUp, body: dict[str, Any]
    ) -> None:
        me = sign_up()
        answer = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")


class TestEarlierReleases:
    def test_their_sessions_were_proven_when_they_began(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection, moved: Clock
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:
            cursor.execute("UPDATE session SET authenticated_at = NULL, amr = NULL")
        moved.advance(timedelta(minutes=5))
        after = claims(refresh(client, me))
        assert (after["auth_time"], after["amr"]) == (claims(me)["auth_time"], ["pwd"])
