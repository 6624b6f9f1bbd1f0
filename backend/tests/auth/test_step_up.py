"""Requests that need a recent proof: which proof makes a session fresh for what."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support import passkeys
from tests.support.asking import until_served
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    second_step,
    signed_in,
    wrong_code,
)
from tests.support.mailbox import Mailbox
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
Ask = tuple[str, str, dict[str, str] | None]
LONG = timedelta(minutes=10, seconds=1)
STALE_PASSWORD_ENOUGH: list[Ask] = [
    (
        "POST",
        "/auth/password/change",
        {"current_password": PASSWORD, "new_password": "a" * 9 + "xyz q"},
    ),
    ("POST", "/auth/email/change", {"password": PASSWORD, "new_email": "new@example.com"}),
    ("POST", "/auth/profile/delete", {"password": PASSWORD}),
]
"""They prove the password themselves."""
FRESH: list[Ask] = [
    ("POST", "/auth/totp", None),
    ("POST", "/auth/totp/confirm", {"code": "123456"}),
    ("DELETE", "/auth/totp", None),
    ("POST", "/auth/recovery-codes", None),
    ("POST", "/auth/passkeys/options", None),
    ("DELETE", "/auth/passkeys/999", None),
    ("DELETE", "/auth/password", None),
    ("DELETE", "/auth/sessions", None),
    ("DELETE", "/auth/sessions/999", None),
]
REFUSED = "reauthentication_required"


def ask(client: httpx.Client, me: dict[str, Any], asked: Ask) -> httpx.Response:
    method, path, body = asked
    return client.request(method, path, json=body, headers=me["headers"])


def prove(client: httpx.Client, me: dict[str, Any], **proof: str) -> httpx.Response:
    return client.post("/auth/reauthenticate", json=proof, headers=me["headers"])


def again(client: httpx.Client, me: dict[str, Any]) -> dict[str, Any]:
    """The claims after a refresh."""
    answer = client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})
    me.update(signed_in(answer))
    said: dict[str, Any] = jwt.decode(me["access_token"], options={"verify_signature": False})
    return said


def everything(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute(
            'SELECT t::text FROM "user" t UNION SELECT t::text FROM authenticator_app t '
            "UNION SELECT t::text FROM recovery_code t UNION SELECT t::text FROM passkey t "
            "UNION SELECT (id, ended_at, amr, authenticated_at)::text FROM session ORDER BY 1"
        )
        return cursor.fetchall()


class TestAnAccountWithAPassword:
    @pytest.mark.parametrize("asked", FRESH, ids=str)
    def test_a_stale_session_is_refused(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        moved: Clock,
        direct: Connection,
        asked: Ask,
    ) -> None:
        moved.advance(LONG)
        before = everything(direct)
        refused = ask(client, me, asked)
        assert_problem(refused, 403, REFUSED)
        assert refused.json()["factors"] == ["password"]
        assert everything(direct) == before
        assert prove(client, me, password=PASSWORD).status_code == 204
        answer = ask(client, me, asked)
        assert answer.status_code != 403, answer.text

    @pytest.mark.parametrize("asked", STALE_PASSWORD_ENOUGH, ids=str)
    def test_a_request_with_the_password_needs_no_fresh_session(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock, asked: Ask
    ) -> None:
        moved.advance(LONG)
        assert ask(client, me, asked).status_code < 300

    def test_signing_out_needs_no_fresh_session(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        moved.advance(LONG)
        (own,) = client.get("/auth/sessions", headers=me["headers"]).json()
        ended = client.delete(f"/auth/sessions/{own['id']}", headers=me["headers"])
        assert ended.status_code == 204

    def test_a_code_is_refused_without_a_second_factor(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        codes = recovery_codes(client, me)
        before = everything(direct)
        for code in ("123456", codes[0]):
            refused = prove(client, me, code=code)
            assert_problem(refused, 401, "code_invalid")
            assert "insufficient_user_authentication" in refused.headers["www-authenticate"]
        assert everything(direct) == before


class TestAnAccountWithASecondFactor:
    """A weak method never satisfies a strong demand (GHSA-hp74-gm6m-2qm5)."""

    @pytest.mark.parametrize("asked", [*FRESH, *STALE_PASSWORD_ENOUGH], ids=str)
    def test_a_password_is_not_enough(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        moved: Clock,
        direct: Connection,
        asked: Ask,
    ) -> None:
        secret = enrol(client, me)
        recovery_codes(client, me)
        moved.advance(LONG)
        for proof in (None, PASSWORD):
            if proof:
                assert prove(client, me, password=proof).status_code == 204
            before = everything(direct)
            refused = ask(client, me, asked)
            assert_problem(refused, 403, REFUSED)
            assert refused.json()["factors"] == ["totp", "recovery_code"]
            assert everything(direct) == before
        assert prove(client, me, code=code_of(secret)).status_code == 204
        answer = ask(client, me, asked)
        assert answer.status_code != 403, answer.text

    @pytest.mark.parametrize("asked", [*FRESH, *STALE_PASSWORD_ENOUGH], ids=str)
    def test_a_passkey_is_enough_and_a_password_is_not(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        moved: Clock,
        direct: Connection,
        asked: Ask,
    ) -> None:
        key = passkeys.added(client, me)
        moved.advance(LONG)
        for proof in (None, PASSWORD):
            if proof:
                assert prove(client, me, password=proof).status_code == 204
            before = everything(direct)
            refused = ask(client, me, asked)
            assert_problem(refused, 403, REFUSED)
            assert refused.json()["factors"] == ["passkey"]
            assert everything(direct) == before
        sent = key.use(refused.json()["passkey_options"])
        assert passkeys.prove(client, me, sent).status_code == 204
        answer = ask(client, me, asked)
        assert answer.status_code != 403, answer.text

    def test_a_session_from_before_the_factor_is_not_fresh(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        body = {"email": EMAIL, "password": PASSWORD}
        elsewhere = signed_in(client.post("/auth/signin", json=body))
        enrol(client, me)
        assert_problem(ask(client, elsewhere, ("DELETE", "/auth/totp", None)), 403, REFUSED)
        assert_problem(ask(client, elsewhere, ("DELETE", "/auth/sessions", None)), 403, REFUSED)
        assert ask(client, me, ("DELETE", "/auth/sessions", None)).status_code == 204

    @pytest.mark.parametrize("factor", ["totp", "recovery_code"])
    def test_a_code_gives_the_strong_level(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock, factor: str
    ) -> None:
        secret, began = enrol(client, me), again(client, me)["auth_time"]
        codes = recovery_codes(client, me)
        moved.advance(LONG)
        assert prove(client, me, password=PASSWORD).status_code == 204
        assert again(client, me)["auth_time"] == began
        code = code_of(secret) if factor == "totp" else codes[0]
        assert prove(client, me, code=code).status_code == 204
        said = again(client, me)
        assert (said["amr"], said["acr"]) == (["pwd", "otp"], "aal2")
        assert said["auth_time"] >= began + 600
        assert_problem(prove(client, me, code=code), 401, "code_invalid")

    def test_of_32_uses_of_one_code_in_the_session_one_succeeds(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        secret = enrol(client, me)
        moved.advance(timedelta(seconds=30))
        code = code_of(secret)

        def one(_: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                return until_served(lambda: prove(own, me, code=code)).status_code

        with ThreadPoolExecutor(32) as pool:
            assert sorted(pool.map(one, range(32))) == [204] + [401] * 31

    def test_guesses_in_a_session_are_limited_and_leave_signing_in_alone(
        self, client: httpx.Client, me: dict[str, Any], configure: Configure, direct: Connection
    ) -> None:
        secret = enrol(client, me)
        configure(rate_limits=True)
        for _ in range(5):
            assert_problem(prove(client, me, code=wrong_code(secret)), 401, "code_invalid")
        assert_problem(prove(client, me, code=code_of(secret, later=1)), 429, "rate_limited")
        with direct.cursor() as cursor:
            cursor.execute("SELECT max(failures) FROM failure_streak")
            assert cursor.fetchall() == [(5,)]
        signed_in(second_step(client, first_step(client), code_of(secret, later=1)))

    def test_a_change_of_the_password_makes_nothing_fresher(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        enrol(client, me)
        began = again(client, me)["auth_time"]
        moved.advance(timedelta(minutes=9))
        new = "another pass phrase"
        body = {"current_password": PASSWORD, "new_password": new}
        changed = client.post("/auth/password/change", json=body, headers=me["headers"])
        me.update(signed_in(changed))
        said = jwt.decode(me["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd", "otp"], "aal2")
        assert said["auth_time"] == began
        moved.advance(timedelta(minutes=2))
        assert_problem(ask(client, me, ("DELETE", "/auth/totp", None)), 403, REFUSED)

    def test_a_session_by_mail_and_app_is_strong(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        moved: Clock,
        mailbox: Mailbox,
        configure: Configure,
        direct: psycopg2.extensions.connection,
    ) -> None:
        configure(magic_link=True)
        secret = enrol(client, me)
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET email_verified_at = now()')
        moved.advance(timedelta(seconds=30))
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        attempt = client.post("/auth/magic-link/signin", json=body).json()["attempt"]
        by_mail = signed_in(second_step(client, attempt, code_of(secret)))
        assert again(client, by_mail)["acr"] == "aal2"
        moved.advance(LONG)
        refused = ask(client, by_mail, ("DELETE", "/auth/totp", None))
        assert_problem(refused, 403, REFUSED)
        assert prove(client, by_mail, code=code_of(secret)).status_code == 204
        assert again(client, by_mail)["amr"] == ["otp", "mfa"]
        assert ask(client, by_mail, ("DELETE", "/auth/totp", None)).status_code == 204


class TestTheBody:
    @pytest.mark.parametrize(
        "body", [{}, {"code": None}, {"code": ""}, {"code": "1" * 31}, {"code": 123456}]
    )
    def test_an_invalid_body_is_refused(
        self, client: httpx.Client, me: dict[str, Any], body: dict[str, Any]
    ) -> None:
        answer = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert_problem(answer, 422, "validation_failed")
