"""The second step of a sign-in: an attempt, and a code of an app or a recovery code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    second_step,
    sessions,
    signed_in,
    wrong_code,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
OTHER_DEVICE = {"Postern-Device": "not-a-token"}


class TestTheFirstStep:
    def test_the_right_password_gives_an_attempt_and_no_session(
        self, client: httpx.Client, secret: str, direct: Connection
    ) -> None:
        assert secret
        before = sessions(direct)
        body = {"email": EMAIL, "password": PASSWORD}
        answer = client.post("/auth/signin", json=body)
        assert_problem(answer, 403, "second_factor_required")
        assert answer.json()["factors"] == ["totp"]
        assert "postern-device" not in answer.headers
        assert sessions(direct) == before

    def test_recovery_codes_are_offered_if_there_are_any(
        self, client: httpx.Client, me: dict[str, Any], secret: str
    ) -> None:
        assert secret
        recovery_codes(client, me)
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
        assert answer.json()["factors"] == ["totp", "recovery_code"]

    @pytest.mark.usefixtures("secret")
    def test_a_wrong_password_shows_nothing_about_factors(self, client: httpx.Client) -> None:
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": "wrong-password"})
        assert_problem(answer, 401, "invalid_credentials")

    @pytest.mark.usefixtures("secret")
    def test_the_attempt_is_stored_as_a_digest(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        attempt = first_step(client)
        assert len(attempt) >= 43
        stored = rows(direct, "SELECT signin_attempt::text FROM signin_attempt")
        assert attempt not in str(stored)
        assert attempt.encode().hex() not in str(stored)


class TestTheSecondStep:
    def test_a_code_of_the_app_starts_the_session(
        self, client: httpx.Client, secret: str, direct: Connection
    ) -> None:
        answer = second_step(client, first_step(client), code_of(secret, later=1))
        tokens = signed_in(answer)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd", "otp"], "aal2")
        assert answer.headers["Postern-Device"]
        assert client.get("/auth/profile", headers=tokens["headers"]).status_code == 200
        assert sessions(direct)[-1] == "pwd otp"

    def test_a_recovery_code_starts_the_session_once(
        self, client: httpx.Client, me: dict[str, Any], secret: str, mailbox: Mailbox
    ) -> None:
        assert secret
        code = recovery_codes(client, me)[3]
        typed = code.lower().replace("-", " ")
        answer = second_step(client, first_step(client), typed, factor="recovery-code")
        tokens = signed_in(answer)
        assert "9" in mailbox.wait("recovery_code_used")["text"]
        left = client.get("/auth/factors", headers=tokens["headers"]).json()
        assert left["recovery_codes_left"] == 9
        again = second_step(client, first_step(client), code, factor="recovery-code")
        assert_problem(again, 401, "code_invalid")
        assert client.get("/auth/profile", headers=me["headers"]).status_code == 200

    def test_a_code_of_another_factor_is_refused(
        self, client: httpx.Client, me: dict[str, Any], secret: str
    ) -> None:
        code = recovery_codes(client, me)[0]
        attempt = first_step(client)
        assert_problem(second_step(client, attempt, code), 401, "code_invalid")
        crossed = second_step(client, attempt, code_of(secret, later=1), factor="recovery-code")
        assert_problem(crossed, 401, "code_invalid")

    def test_a_code_of_another_account_is_refused(
        self, client: httpx.Client, sign_up: SignUp, secret: str
    ) -> None:
        assert secret
        other = sign_up("eve@example.com")
        of_other = enrol(client, other)
        codes = recovery_codes(client, other)
        attempt = first_step(client)
        assert_problem(
            second_step(client, attempt, code_of(of_other, later=1)), 401, "code_invalid"
        )
        crossed = second_step(client, attempt, codes[0], factor="recovery-code")
        assert_problem(crossed, 401, "code_invalid")

    def test_a_known_device_is_replaced_and_the_limits_are_reset(
        self, client: httpx.Client, secret: str, configure: Configure, direct: Connection
    ) -> None:
        configure(rate_limits=True)
        client.post("/auth/signin", json={"email": EMAIL, "password": "wrong-password"})
        attempt = first_step(client)
        second_step(client, attempt, wrong_code(secret))
        assert len(rows(direct, "SELECT * FROM failure_streak")) == 2
        signed_in(second_step(client, attempt, code_of(secret, later=1)))
        assert rows(direct, "SELECT * FROM failure_streak") == []


class TestBinding:
    def test_it_expires(
        self, client: httpx.Client, secret: str, moved: Clock, direct: Connection
    ) -> None:
        attempt, before = first_step(client), sessions(direct)
        moved.advance(timedelta(minutes=5))
        assert_problem(second_step(client, attempt, code_of(secret)), 401, "attempt_invalid")
        assert sessions(direct) == before

    @pytest.mark.parametrize(
        ("there", "status"), [("192.0.2.200", 200), ("198.51.100.7", 401), ("2001:db8::1", 401)]
    )
    def test_it_belongs_to_the_network_where_it_began(
        self, client: httpx.Client, secret: str, there: str, status: int
    ) -> None:
        attempt = first_step(client, headers={"X-Forwarded-For": "192.0.2.7"})
        headers = {"X-Forwarded-For": there}
        answer = second_step(client, attempt, code_of(secret, later=1), headers=headers)
        assert answer.status_code == status

    def test_it_belongs_to_the_device_where_it_began(
        self, client: httpx.Client, secret: str, moved: Clock
    ) -> None:
        moved.advance(timedelta(seconds=30))
        known = second_step(client, first_step(client), code_of(secret)).headers["Postern-Device"]
        moved.advance(timedelta(seconds=30))
        attempt = first_step(client, headers={"Postern-Device": known})
        for headers in ({}, OTHER_DEVICE):
            answer = second_step(client, attempt, code_of(secret), headers=headers)
            assert_problem(answer, 401, "attempt_invalid")
        signed_in(second_step(client, attempt, code_of(secret), headers={"Postern-Device": known}))
        moved.advance(timedelta(seconds=30))
        elsewhere = second_step(
            client, first_step(client), code_of(secret), headers={"Postern-Device": known}
        )
        assert_problem(elsewhere, 401, "attempt_invalid")

    @pytest.mark.parametrize("attempt", ["x", "x" * 100, "\u00e9" * 50])
    def test_an_unknown_attempt_is_refused(self, client: httpx.Client, attempt: str) -> None:
        assert_problem(second_step(client, attempt, "123456"), 401, "attempt_invalid")


class TestWhatEndsAnAttempt:
    def test_a_change_of_the_password(
        self, client: httpx.Client, secret: str, me: dict[str, Any]
    ) -> None:
        attempt = first_step(client)
        body = {"current_password": PASSWORD, "new_password": "another pass phrase"}
        changed = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert changed.status_code == 200, changed.text
        ended = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(ended, 401, "attempt_invalid")

    def test_a_reset_of_the_password(
        self, client: httpx.Client, secret: str, mailbox: Mailbox
    ) -> None:
        attempt = first_step(client)
        client.post("/auth/password/forgot", json={"email": EMAIL})
        body = {"token": mailbox.token("reset_password"), "new_password": PASSWORD}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        ended = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(ended, 401, "attempt_invalid")

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE \"user\" SET password_hash = 'another'",
            'UPDATE "user" SET password_hash = NULL',
            'UPDATE "user" SET disabled_at = now()',
            'DELETE FROM "user"',
        ],
    )
    def test_a_change_in_the_database(
        self, client: httpx.Client, secret: str, direct: Connection, change: str
    ) -> None:
        attempt = first_step(client)
        with direct.cursor() as cursor:
            cursor.execute(change)
        ended = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(ended, 401, "attempt_invalid")

    def test_the_removal_of_the_factor(
        self, client: httpx.Client, secret: str, me: dict[str, Any], direct: Connection
    ) -> None:
        attempt = first_step(client)
        assert client.delete("/auth/totp", headers=me["headers"]).status_code == 204
        before = sessions(direct)
        ended = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(ended, 401, "attempt_invalid")
        assert sessions(direct) == before


class TestTheLog:
    def test_a_wrong_code_is_recorded_without_it(
        self,
        client: httpx.Client,
        secret: str,
        me: dict[str, Any],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        attempt, wrong = first_step(client), wrong_code(secret)
        with caplog.at_level("INFO", logger="postern.audit"):
            second_step(client, attempt, wrong)
            second_step(client, attempt, code_of(secret, later=1))
        text = caplog.text
        assert f"signin.refused reason='code_invalid' user_id={me['id']}" in text
        assert "methods='pwd otp'" in text
        for hidden in (attempt, wrong, secret):
            assert hidden not in text
