"""REQUIRE_SECOND_FACTOR: adding the first second factor while signing in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import psycopg2
import pytest

from src.auth.open_attempts import MAX_TRIES
from src.kit.clock import Clock
from src.policies import TABLE
from src.settings import Settings
from tests.auth.test_every_door import opened_by
from tests.conftest import PASSWORD
from tests.support.asking import at_once
from tests.support.authenticator import Authenticator
from tests.support.enrolling import begin, confirm, secret_of
from tests.support.factors import (
    EMAIL,
    code_of,
    first_step,
    recovery_codes,
    second_step,
    sessions,
    signed_in,
    wrong_code,
)
from tests.support.mailbox import Mailbox
from tests.support.passkeys import sign_in, signin_options
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
EVE = "eve@example.com"
BODY = {"email": EMAIL, "password": PASSWORD}
INVALID = "attempt_invalid"
STEP = timedelta(seconds=30)


def apps(direct: Connection) -> list[Any]:
    return rows(direct, "SELECT count(confirmed_at) FROM authenticator_app")


class TestAddingOne:
    def test_the_attempt_adds_an_app_and_becomes_the_session(
        self, client: httpx.Client, attempt: str, direct: Connection, mailbox: Mailbox, moved: Clock
    ) -> None:
        secret = secret_of(begin(client, attempt))
        assert sessions(direct) == []
        answer = confirm(client, attempt, code_of(secret))
        tokens = signed_in(answer)
        assert answer.headers["Postern-Device"]
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd", "otp"], "aal2")
        assert sessions(direct) == ["pwd otp"]
        assert mailbox.wait("factor_added")
        recovery_codes(client, tokens)
        moved.advance(STEP)
        signed_in(second_step(client, first_step(client), code_of(secret)))

    def test_five_wrong_codes_end_the_attempt(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        secret = secret_of(begin(client, attempt))
        for _ in range(MAX_TRIES):
            assert_problem(confirm(client, attempt, wrong_code(secret)), 401, "code_invalid")
        assert_problem(confirm(client, attempt, code_of(secret)), 401, INVALID)
        assert (sessions(direct), apps(direct)) == ([], [(0,)])

    def test_a_code_before_the_beginning_is_refused(
        self, client: httpx.Client, attempt: str
    ) -> None:
        assert_problem(confirm(client, attempt, "123456"), 409, "totp_not_started")

    def test_of_32_uses_at_once_one_succeeds(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        code = code_of(secret_of(begin(client, attempt)))
        codes = at_once(client, lambda own, _: confirm(own, attempt, code))
        assert codes == [200] + [401] * 31
        assert (sessions(direct), apps(direct)) == (["pwd otp"], [(1,)])

    def test_of_32_attempts_at_once_one_adds_it(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        attempts = [attempt, *(first_step(client) for _ in range(31))]
        code = code_of(secret_of(begin(client, attempt)))
        codes = at_once(client, lambda own, number: confirm(own, attempts[number], code))
        assert codes == [200] + [401] * 31
        assert (sessions(direct), apps(direct)) == (["pwd otp"], [(1,)])

    def test_it_is_used_once(self, client: httpx.Client, attempt: str, direct: Connection) -> None:
        secret = secret_of(begin(client, attempt))
        signed_in(confirm(client, attempt, code_of(secret)))
        assert_problem(confirm(client, attempt, code_of(secret, later=1)), 401, INVALID)
        assert_problem(begin(client, attempt), 401, INVALID)
        assert len(sessions(direct)) == 1

    @pytest.mark.parametrize(
        "headers", [{"X-Forwarded-For": "198.51.100.7"}, {"X-Forwarded-For": "2001:db8::1"}]
    )
    def test_it_belongs_to_its_network(
        self, client: httpx.Client, attempt: str, headers: dict[str, str]
    ) -> None:
        assert_problem(begin(client, attempt, **headers), 401, INVALID)
        code = code_of(secret_of(begin(client, attempt)))
        assert_problem(confirm(client, attempt, code, **headers), 401, INVALID)

    def test_it_expires(self, client: httpx.Client, attempt: str, moved: Clock) -> None:
        moved.advance(timedelta(minutes=5, seconds=1))
        assert_problem(begin(client, attempt), 401, INVALID)

    def test_it_opens_nothing_else(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        """GHSA-xg6x-h9c9-2m83: a session that was usable before the second factor."""
        assert set(opened_by(client, attempt)) == {
            ("post", "/auth/totp"),
            ("post", "/auth/passkeys/options"),
        }
        for factor in ("totp", "recovery-code"):
            assert_problem(
                second_step(client, attempt, "123456", factor=factor), 401, "code_invalid"
            )
        assert sessions(direct) == []

    def test_one_of_an_account_with_a_factor_adds_none(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        secret = secret_of(begin(client, attempt))
        signed_in(confirm(client, attempt, code_of(secret)))
        another = first_step(client)
        before = rows(direct, "SELECT authenticator_app::text FROM authenticator_app")
        assert_problem(begin(client, another), 401, INVALID)
        assert_problem(confirm(client, another, code_of(secret, later=1)), 401, INVALID)
        assert rows(direct, "SELECT authenticator_app::text FROM authenticator_app") == before

    def test_it_adds_nothing_once_the_setting_is_off(
        self, client: httpx.Client, attempt: str, configure: Configure
    ) -> None:
        configure(require_second_factor=False)
        assert_problem(begin(client, attempt), 401, INVALID)

    def test_a_token_and_an_attempt_at_once_are_refused(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        secret = secret_of(begin(client, attempt))
        me = signed_in(confirm(client, attempt, code_of(secret)))
        for path, body in (
            ("/auth/totp", {"attempt": attempt}),
            ("/auth/totp/confirm", {"attempt": attempt, "code": "123456"}),
        ):
            both = client.post(path, json=body, headers=me["headers"])
            assert_problem(both, 422, "validation_failed")
            assert both.json()["errors"][0]["code"] == "attempt_in_session"
        assert len(sessions(direct)) == 1

    @pytest.mark.parametrize(
        ("path", "body"),
        [("/auth/totp", None), ("/auth/totp", {}), ("/auth/totp/confirm", {"code": "123456"})],
    )
    def test_neither_is_refused_too(
        self, client: httpx.Client, path: str, body: dict[str, str] | None
    ) -> None:
        assert_problem(client.post(path, json=body), 401, "token_missing")

    def test_its_writes_are_limited(
        self, client: httpx.Client, moved: Clock, attempt: str, configure: Configure
    ) -> None:
        moved.advance(STEP)
        configure(require_second_factor=True, rate_limits=True)
        for _ in range(60):
            assert begin(client, attempt).status_code == 201
        assert_problem(begin(client, attempt), 429, "rate_limited")

    def test_invented_attempts_share_the_limit_of_their_network(
        self, client: httpx.Client, moved: Clock, configure: Configure, direct: Connection
    ) -> None:
        moved.advance(STEP)
        configure(require_second_factor=True, rate_limits=True)
        most = TABLE["attempt_address"].burst
        answers = [begin(client, f"invented {number}") for number in range(most + 1)]
        assert [answer.status_code for answer in answers] == [401] * most + [429]
        assert rows(direct, "SELECT count(*) FROM rate_limit") == [(1,)]


class TestAPasskey:
    def test_it_finishes_the_sign_in(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        key = Authenticator()
        body = {"attempt": attempt}
        options = client.post("/auth/passkeys/options", json=body)
        assert options.status_code == 200, options.text
        sent = {"attestation": key.make(options.json()), "attempt": attempt, "name": "Blue"}
        answer = client.post("/auth/passkeys", json=sent)
        tokens = signed_in(answer)
        said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert (said["amr"], said["acr"]) == (["pwd", "swk", "mfa"], "aal2")
        assert answer.headers["Postern-Device"]
        (shown,) = client.get("/auth/factors", headers=tokens["headers"]).json()["passkeys"]
        assert shown["name"] == "Blue"
        before = sessions(direct)
        assert_problem(client.post("/auth/passkeys", json=sent), 401, INVALID)
        assert sessions(direct) == before
        signed_in(sign_in(client, key.use(signin_options(client))))

    def test_a_challenge_of_another_attempt_is_refused(
        self, client: httpx.Client, attempt: str, direct: Connection
    ) -> None:
        options = client.post("/auth/passkeys/options", json={"attempt": attempt}).json()
        body = {"attestation": Authenticator().make(options), "attempt": first_step(client)}
        assert_problem(client.post("/auth/passkeys", json=body), 422, "attestation_invalid")
        assert rows(direct, "SELECT count(*) FROM passkey") == [(0,)]
        assert sessions(direct) == []

    def test_the_last_one_stays(self, client: httpx.Client, attempt: str) -> None:
        options = client.post("/auth/passkeys/options", json={"attempt": attempt}).json()
        body = {"attestation": Authenticator().make(options), "attempt": attempt}
        me = signed_in(client.post("/auth/passkeys", json=body))
        (shown,) = client.get("/auth/factors", headers=me["headers"]).json()["passkeys"]
        gone = client.delete(f"/auth/passkeys/{shown['id']}", headers=me["headers"])
        assert_problem(gone, 409, "last_second_factor")

    def test_an_account_that_signs_up_with_one_has_its_factor(
        self, client: httpx.Client, configure: Configure
    ) -> None:
        configure(require_second_factor=True)
        key = Authenticator()
        options = client.post("/auth/passkeys/signup/options", json={"email": EVE}).json()
        made = client.post("/auth/passkeys/signup", json=key.make(options))
        assert made.status_code == 201, made.text
        signed_in(sign_in(client, key.use(signin_options(client))))

    @pytest.mark.usefixtures("ada")
    def test_without_a_domain_name_it_is_not_offered(
        self, client: httpx.Client, configure: Configure
    ) -> None:
        configure(require_second_factor=True, web_url="http://192.0.2.1")
        answer = client.post("/auth/signin", json=BODY)
        assert answer.json()["enrol"] == ["totp"]
