"""The second step of a sign-in: an attempt, and a code of an app or a recovery code."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.auth.open_attempts import MAX_TRIES
from src.kit.clock import Clock
from src.main import app
from src.settings import Settings
from tests.conftest import PASSWORD
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
from tests.support.service import service
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
OTHER_DEVICE = {"Postern-Device": "not-a-token"}


@pytest.fixture
def me(sign_up: SignUp) -> dict[str, Any]:
    return sign_up()


@pytest.fixture
def secret(client: httpx.Client, me: dict[str, Any]) -> str:
    """That of her app; the code of this moment is used."""
    return enrol(client, me)


def rows(direct: Connection, query: str) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def sessions(direct: Connection) -> list[str]:
    return [amr for (amr,) in rows(direct, "SELECT amr FROM session ORDER BY id")]


def at_once(client: httpx.Client, ask: Callable[[httpx.Client, int], httpx.Response]) -> list[int]:
    """The statuses of 32 parallel requests."""

    def one(number: int) -> int:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            return until_served(lambda: ask(own, number)).status_code

    with ThreadPoolExecutor(32) as pool:
        return sorted(pool.map(one, range(32)))


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


class TestOnce:
    """Each code and each attempt counts once (CVE-2026-82470)."""

    def test_the_code_of_the_enrolment_does_not_sign_in(
        self, client: httpx.Client, moved: Clock, secret: str
    ) -> None:
        moved.advance(timedelta())
        assert_problem(
            second_step(client, first_step(client), code_of(secret)), 401, "code_invalid"
        )

    def test_a_used_code_and_an_older_one_are_refused(
        self, client: httpx.Client, secret: str, moved: Clock
    ) -> None:
        moved.advance(timedelta(seconds=30))
        code = code_of(secret)
        signed_in(second_step(client, first_step(client), code))
        attempt = first_step(client)
        for used in (code, code_of(secret, later=-1)):
            assert_problem(second_step(client, attempt, used), 401, "code_invalid")
        moved.advance(timedelta(seconds=30))
        assert_problem(second_step(client, attempt, code), 401, "code_invalid")
        signed_in(second_step(client, attempt, code_of(secret)))

    def test_an_attempt_is_used_once(
        self, client: httpx.Client, secret: str, moved: Clock, direct: Connection
    ) -> None:
        moved.advance(timedelta(seconds=30))
        attempt = first_step(client)
        signed_in(second_step(client, attempt, code_of(secret)))
        before = sessions(direct)
        moved.advance(timedelta(seconds=30))
        assert_problem(second_step(client, attempt, code_of(secret)), 401, "attempt_invalid")
        assert sessions(direct) == before

    def test_of_32_uses_of_one_code_one_succeeds(
        self, client: httpx.Client, secret: str, moved: Clock, direct: Connection
    ) -> None:
        """Each with an attempt of its own, so that only the code decides."""
        moved.advance(timedelta(seconds=30))
        attempts, code = [first_step(client) for _ in range(32)], code_of(secret)
        before = len(sessions(direct))
        codes = at_once(client, lambda own, number: second_step(own, attempts[number], code))
        assert codes == [200] + [401] * 31
        assert len(sessions(direct)) == before + 1

    def test_of_32_uses_in_two_processes_one_succeeds(
        self, client: httpx.Client, secret: str, tmp_path: Path, direct: Connection
    ) -> None:
        """What was used is in the database, so a restart forgets nothing either."""
        with service(tmp_path, {}) as other:
            attempts, before = [first_step(client) for _ in range(32)], len(sessions(direct))
            code, places = code_of(secret, later=1), (client.base_url, other.client.base_url)

            def one(number: int) -> int:
                with httpx.Client(base_url=places[number % 2], timeout=60) as own:
                    ask = partial(second_step, own, attempts[number], code)
                    return until_served(ask).status_code

            with ThreadPoolExecutor(32) as pool:
                assert sorted(pool.map(one, range(32))) == [200] + [401] * 31
        assert len(sessions(direct)) == before + 1

    def test_of_32_uses_of_one_recovery_code_one_succeeds(
        self, client: httpx.Client, me: dict[str, Any], secret: str, direct: Connection
    ) -> None:
        assert secret
        code = recovery_codes(client, me)[0]
        attempts = [first_step(client) for _ in range(32)]
        before = len(sessions(direct))
        codes = at_once(
            client,
            lambda own, number: second_step(own, attempts[number], code, factor="recovery-code"),
        )
        assert codes == [200] + [401] * 31
        assert len(sessions(direct)) == before + 1

    def test_one_attempt_with_ten_right_codes_at_once_gives_one_session(
        self, client: httpx.Client, me: dict[str, Any], secret: str, direct: Connection
    ) -> None:
        assert secret
        codes, attempt = recovery_codes(client, me), first_step(client)
        before = len(sessions(direct))
        got = at_once(
            client,
            lambda own, number: second_step(
                own, attempt, codes[number % 10], factor="recovery-code"
            ),
        )
        assert got == [200] + [401] * 31
        assert len(sessions(direct)) == before + 1
        used = rows(direct, "SELECT count(used_at) FROM recovery_code")
        assert used == [(1,)]  # those of refused requests still count


class TestGuessing:
    """CVE-2026-123002: attempts without a limit."""

    def test_an_attempt_takes_five_codes(
        self, client: httpx.Client, secret: str, direct: Connection
    ) -> None:
        attempt, before = first_step(client), sessions(direct)
        wrong = wrong_code(secret)
        for _ in range(MAX_TRIES):
            assert_problem(second_step(client, attempt, wrong), 401, "code_invalid")
        right = second_step(client, attempt, code_of(secret, later=1))
        assert_problem(right, 401, "attempt_invalid")
        assert sessions(direct) == before

    def test_parallel_codes_all_count(
        self, client: httpx.Client, secret: str, direct: Connection
    ) -> None:
        attempt, wrong = first_step(client), wrong_code(secret)
        assert at_once(client, lambda own, _: second_step(own, attempt, wrong)) == [401] * 32
        assert rows(direct, "SELECT tries FROM signin_attempt") == [(MAX_TRIES,)]

    def test_an_account_takes_few_codes_over_all_its_attempts(
        self,
        client: httpx.Client,
        secret: str,
        configure: Configure,
        moved: Clock,
        direct: Connection,
    ) -> None:
        configure(rate_limits=True)
        wrong = wrong_code(secret)
        first, second, third = (first_step(client) for _ in range(3))
        for _ in range(MAX_TRIES):
            assert_problem(second_step(client, first, wrong), 401, "code_invalid")
        waits: list[int] = []
        while not waits or waits[-1] < 60:
            refused = second_step(client, second, wrong)
            assert_problem(refused, 429, "rate_limited")
            waits.append(int(refused.headers["Retry-After"]))
            moved.advance(timedelta(seconds=min(waits[-1], 60)))
            second_step(client, second, wrong)
        assert waits[:2] == [1, 2]
        assert rows(direct, "SELECT sum(tries) <= 10 FROM signin_attempt") == [(True,)]
        refused = second_step(client, third, code_of(secret))
        assert_problem(refused, 429, "rate_limited")

    def test_a_right_password_does_not_reset_the_limit_of_codes(
        self, client: httpx.Client, secret: str, configure: Configure, direct: Connection
    ) -> None:
        configure(rate_limits=True)
        second_step(client, first_step(client), wrong_code(secret))
        first_step(client)
        reset = client.post("/auth/password/forgot", json={"email": EMAIL})
        assert reset.status_code == 202
        assert rows(direct, "SELECT failures FROM failure_streak ORDER BY failures")[:1] == [(1,)]


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


class TestEveryDoor:
    """The second factor is asked for at each way to sign in."""

    def test_a_magic_link(
        self,
        client: httpx.Client,
        secret: str,
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        verified(direct)
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        answer = client.post("/auth/magic-link/signin", json=body)
        assert_problem(answer, 403, "second_factor_required")
        again = client.post("/auth/magic-link/signin", json=body)
        assert_problem(again, 400, "link_used")
        done = second_step(client, answer.json()["attempt"], code_of(secret, later=1))
        tokens = signed_in(done)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["otp", "mfa"], "aal2")

    def test_a_reset_of_the_password(
        self, client: httpx.Client, secret: str, mailbox: Mailbox, direct: Connection
    ) -> None:
        assert secret
        verified(direct)
        client.post("/auth/password/forgot", json={"email": EMAIL})
        new = "another pass phrase"
        body = {"token": mailbox.token("reset_password"), "new_password": new}
        answer = client.post("/auth/password/reset", json=body)
        assert (answer.status_code, answer.content) == (204, b"")
        signin = client.post("/auth/signin", json={"email": EMAIL, "password": new})
        assert_problem(signin, 403, "second_factor_required")
        open_ones = rows(direct, "SELECT count(*) FROM session WHERE ended_at IS NULL")
        assert open_ones == [(0,)]

    def test_the_address_is_asked_for_after_the_code(
        self, client: httpx.Client, secret: str, configure: Configure, direct: Connection
    ) -> None:
        configure(require_verified_email=True)
        before = sessions(direct)
        answer = second_step(client, first_step(client), code_of(secret, later=1))
        assert_problem(answer, 403, "email_not_verified")
        assert sessions(direct) == before


class TestAnAddressThatNobodyHadProved:
    """Somebody else may have opened the account, and added an app to keep its owner out."""

    def test_a_reset_removes_the_factors_of_somebody_else(
        self, client: httpx.Client, secret: str, mailbox: Mailbox, direct: Connection
    ) -> None:
        assert secret
        client.post("/auth/password/forgot", json={"email": EMAIL})
        new = "another pass phrase"
        body = {"token": mailbox.token("reset_password"), "new_password": new}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        signed_in(client.post("/auth/signin", json={"email": EMAIL, "password": new}))
        assert rows(direct, "SELECT count(*) FROM authenticator_app") == [(0,)]
        assert rows(direct, "SELECT count(*) FROM recovery_code") == [(0,)]

    def test_so_does_a_magic_link(
        self,
        client: httpx.Client,
        secret: str,
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        assert secret
        configure(magic_link=True)
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        signed_in(client.post("/auth/magic-link/signin", json=body))
        assert rows(direct, "SELECT count(*) FROM authenticator_app") == [(0,)]


def verified(direct: Connection) -> None:
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET email_verified_at = now()')


def paths() -> list[tuple[str, str]]:
    """All methods and paths of the API."""
    document = app.openapi()["paths"]
    return [(method, path) for path, methods in document.items() for method in methods]


FINISHING = {"/auth/signin/totp", "/auth/signin/recovery-code"}
NEEDS_NO_TOKEN = {
    *("/auth/config", "/livez", "/readyz", "/metrics", "/dev/mail", "/problems/{code}"),
    *("/.well-known/jwks.json", "/.well-known/openid-configuration"),
}


class TestAnAttemptIsNoSession:
    """GHSA-xg6x-h9c9-2m83: a session that was usable before the second factor."""

    @pytest.mark.usefixtures("secret")
    def test_no_endpoint_takes_it_as_a_token(self, client: httpx.Client) -> None:
        attempt = first_step(client)
        headers = {"Authorization": f"Bearer {attempt}"}
        bodies = [
            None,
            {"refresh_token": attempt},
            {"token": attempt},
            {"token": attempt, "new_password": "another pass phrase"},
            {"attempt": attempt, "token": attempt},
            {"attempt": attempt, "code": "123456"},
        ]
        opened = []
        for method, path in paths():
            if path in FINISHING | NEEDS_NO_TOKEN:
                continue
            for body in bodies:
                answer = client.request(
                    method, path.replace("{id}", "1"), headers=headers, json=body
                )
                if answer.status_code < 400:
                    opened.append((method, path, body))
        assert opened == []

    def test_no_other_artefact_is_an_attempt(
        self,
        client: httpx.Client,
        secret: str,
        me: dict[str, Any],
        mailbox: Mailbox,
        configure: Configure,
        direct: Connection,
    ) -> None:
        configure(magic_link=True)
        of_mail = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        client.post("/auth/password/forgot", json={"email": EMAIL})
        artefacts = [
            of_mail,
            mailbox.token("magic_link"),
            mailbox.token("reset_password"),
            me["refresh_token"],
            me["access_token"],
        ]
        before = sessions(direct)
        for artefact in artefacts:
            answer = second_step(client, artefact, code_of(secret, later=1))
            assert answer.status_code in {401, 422}, answer.text
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
