"""REQUIRE_SECOND_FACTOR: no session without a second factor, however a person signs in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.enrolling import begin, confirm, secret_of
from tests.support.factors import (
    EMAIL,
    code_of,
    enrol,
    first_step,
    recovery_codes,
    sessions,
    signed_in,
    verify_addresses,
)
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
EVE, NEW = "eve@example.com", "another pass phrase"
BODY = {"email": EMAIL, "password": PASSWORD}
SECOND = "second_factor_required"
STEP = timedelta(seconds=30)


def apps(direct: Connection) -> list[Any]:
    return rows(direct, "SELECT count(confirmed_at) FROM authenticator_app")


class TestWithoutAFactor:
    @pytest.mark.usefixtures("ada")
    def test_the_right_password_gives_no_session(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        answer = client.post("/auth/signin", json=BODY)
        assert_problem(answer, 403, SECOND)
        said = answer.json()
        assert (said["factors"], said["enrol"]) == ([], ["passkey", "totp"])
        assert "access_token" not in said
        assert "postern-device" not in answer.headers
        assert sessions(direct) == []

    @pytest.mark.usefixtures("ada")
    def test_a_wrong_password_says_nothing_about_it(self, client: httpx.Client) -> None:
        answer = client.post("/auth/signin", json={**BODY, "password": "wrong-password"})
        assert_problem(answer, 401, "invalid_credentials")

    @pytest.mark.usefixtures("ada")
    def test_the_config_says_it(self, client: httpx.Client) -> None:
        assert client.get("/auth/config").json()["requires_second_factor"] is True

    @pytest.mark.usefixtures("ada")
    def test_an_address_has_to_be_verified_first(
        self, client: httpx.Client, configure: Configure, direct: Connection
    ) -> None:
        configure(require_second_factor=True, require_verified_email=True)
        assert_problem(client.post("/auth/signin", json=BODY), 403, "email_not_verified")
        assert rows(direct, "SELECT id FROM signin_attempt") == []

    @pytest.mark.usefixtures("ada")
    def test_a_reset_of_the_password_is_no_way_around_it(
        self, client: httpx.Client, mailbox: Mailbox, direct: Connection
    ) -> None:
        client.post("/auth/password/forgot", json={"email": EMAIL})
        body = {"token": mailbox.token("reset_password"), "new_password": NEW}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        assert_problem(client.post("/auth/signin", json={**BODY, "password": NEW}), 403, SECOND)
        assert sessions(direct) == []

    @pytest.mark.usefixtures("ada")
    def test_recovery_codes_alone_are_no_factor(
        self, client: httpx.Client, configure: Configure
    ) -> None:
        configure(require_second_factor=False)
        recovery_codes(client, signed_in(client.post("/auth/signin", json=BODY)))
        configure(require_second_factor=True)
        answer = client.post("/auth/signin", json=BODY)
        assert_problem(answer, 403, SECOND)
        assert answer.json()["factors"] == []


class TestAMagicLink:
    @pytest.fixture(autouse=True)
    def _on(self, configure: Configure) -> None:
        configure(magic_link=True, require_second_factor=True)

    def by_mail(self, client: httpx.Client, mailbox: Mailbox) -> httpx.Response:
        asked = client.post("/auth/magic-link", json={"email": EMAIL}).json()["attempt"]
        body = {"attempt": asked, "token": mailbox.token("magic_link")}
        return client.post("/auth/magic-link/signin", json=body)

    def test_a_link_from_a_mail_leads_to_the_same(
        self, client: httpx.Client, mailbox: Mailbox, direct: Connection
    ) -> None:
        client.post("/auth/signup", json=BODY)
        verify_addresses(direct)
        answer = self.by_mail(client, mailbox)
        assert_problem(answer, 403, SECOND)
        assert sessions(direct) == []
        attempt = answer.json()["attempt"]
        secret = secret_of(begin(client, attempt))
        signed_in(confirm(client, attempt, code_of(secret)))
        assert sessions(direct) == ["otp mfa"]

    def test_whoever_reads_the_mail_first_adds_a_factor_of_their_own(
        self,
        client: httpx.Client,
        mailbox: Mailbox,
        direct: Connection,
        configure: Configure,
        sign_up: SignUp,
    ) -> None:
        """Somebody else had opened the account, with a password and an app."""
        configure(require_second_factor=False)
        stranger = sign_up()
        enrol(client, stranger)
        configure(require_second_factor=True, second_factor_grace_days=0)
        answer = self.by_mail(client, mailbox)
        assert_problem(answer, 403, SECOND)
        assert (answer.json()["factors"], answer.json()["enrol"]) == ([], ["passkey", "totp"])
        assert apps(direct) == [(0,)]
        attempt = answer.json()["attempt"]
        secret = secret_of(begin(client, attempt))
        signed_in(confirm(client, attempt, code_of(secret)))
        assert apps(direct) == [(1,)]
        assert_problem(client.post("/auth/signin", json=BODY), 401, "invalid_credentials")
        gone = client.get("/auth/profile", headers=stranger["headers"])
        assert_problem(gone, 401, "session_revoked")


class TestAccountsThatExisted:
    @pytest.fixture
    def existing(
        self, client: httpx.Client, moved: Clock, sign_up: SignUp, configure: Configure
    ) -> dict[str, Any]:
        """An account from before; the requirement is seen a minute later."""
        me = sign_up()
        moved.advance(timedelta(minutes=1))
        configure(require_second_factor=True)
        signed_in(client.post("/auth/signin", json=BODY))
        return me

    def factors(self, client: httpx.Client, me: dict[str, Any]) -> dict[str, Any]:
        listed: dict[str, Any] = client.get("/auth/factors", headers=me["headers"]).json()
        return listed

    def refresh(self, client: httpx.Client, me: dict[str, Any]) -> httpx.Response:
        return client.post("/auth/refresh", json={"refresh_token": me["refresh_token"]})

    def test_they_have_two_weeks(
        self, client: httpx.Client, existing: dict[str, Any], moved: Clock
    ) -> None:
        due = self.factors(client, existing)["required_from"]
        assert due is not None
        moved.advance(timedelta(days=14) - timedelta(seconds=1))
        later = signed_in(client.post("/auth/signin", json=BODY))
        assert self.factors(client, later)["required_from"] == due
        moved.advance(timedelta(seconds=1))
        assert_problem(client.post("/auth/signin", json=BODY), 403, SECOND)

    @pytest.mark.usefixtures("existing")
    def test_a_new_account_has_none(self, client: httpx.Client) -> None:
        client.post("/auth/signup", json={"email": EVE, "password": PASSWORD})
        answer = client.post("/auth/signin", json={"email": EVE, "password": PASSWORD})
        assert_problem(answer, 403, SECOND)

    def test_an_account_that_is_created_first_has_none(
        self, client: httpx.Client, ada: dict[str, Any]
    ) -> None:
        """Its sign-up is the first request that sees the requirement."""
        assert ada
        assert_problem(client.post("/auth/signin", json=BODY), 403, SECOND)

    def test_without_a_grace_period_there_is_none(
        self, client: httpx.Client, existing: dict[str, Any], configure: Configure
    ) -> None:
        configure(require_second_factor=True, second_factor_grace_days=0)
        assert_problem(client.post("/auth/signin", json=BODY), 403, SECOND)
        assert_problem(self.refresh(client, existing), 401, "session_revoked")

    def test_switching_it_off_and_on_begins_no_new_one(
        self,
        client: httpx.Client,
        existing: dict[str, Any],
        configure: Configure,
        moved: Clock,
    ) -> None:
        assert existing
        configure(require_second_factor=False)
        moved.advance(timedelta(days=15))
        signed_in(client.post("/auth/signin", json=BODY))
        configure(require_second_factor=True)
        assert_problem(client.post("/auth/signin", json=BODY), 403, SECOND)

    def test_a_session_goes_on_until_then_and_not_longer(
        self, client: httpx.Client, existing: dict[str, Any], moved: Clock, direct: Connection
    ) -> None:
        me = signed_in(self.refresh(client, existing))
        for _ in range(2):
            moved.advance(timedelta(days=6))
            me = signed_in(self.refresh(client, me))
        moved.advance(timedelta(days=2))
        assert_problem(self.refresh(client, me), 401, "session_revoked")
        ended = "SELECT ended_by FROM session WHERE ended_at IS NOT NULL"
        assert rows(direct, ended) == [("second_factor_required",)]
        assert_problem(self.refresh(client, me), 401, "session_revoked")

    @pytest.mark.usefixtures("existing")
    def test_a_change_of_the_password_begins_no_session_after_that(
        self, client: httpx.Client, moved: Clock
    ) -> None:
        moved.advance(timedelta(days=14) - timedelta(minutes=5))
        me = signed_in(client.post("/auth/signin", json=BODY))
        moved.advance(timedelta(minutes=5))
        body = {"current_password": PASSWORD, "new_password": "copper lantern 77"}
        refused = client.post("/auth/password/change", json=body, headers=me["headers"])
        assert_problem(refused, 401, "session_revoked")
        assert_problem(client.post("/auth/signin", json=BODY), 403, SECOND)

    def test_a_session_of_an_account_with_a_factor_goes_on(
        self, client: httpx.Client, existing: dict[str, Any], moved: Clock, configure: Configure
    ) -> None:
        """It began before the factor was added, and nothing was required then."""
        configure(require_second_factor=False)
        elsewhere = signed_in(client.post("/auth/signin", json=BODY))
        enrol(client, existing)
        configure(require_second_factor=True)
        moved.advance(timedelta(days=13))
        elsewhere = signed_in(self.refresh(client, elsewhere))
        moved.advance(timedelta(days=2))
        signed_in(self.refresh(client, elsewhere))

    def test_adding_a_factor_ends_the_sessions_without_one(
        self, client: httpx.Client, existing: dict[str, Any], direct: Connection
    ) -> None:
        elsewhere = signed_in(client.post("/auth/signin", json=BODY))
        enrol(client, existing)
        assert client.get("/auth/profile", headers=existing["headers"]).status_code == 200
        gone = client.get("/auth/profile", headers=elsewhere["headers"])
        assert_problem(gone, 401, "session_revoked")
        left = "SELECT amr FROM session WHERE ended_at IS NULL"
        assert rows(direct, left) == [("pwd otp",)]
        assert self.factors(client, existing)["required_from"] is None

    def test_adding_it_while_signing_in_ends_them_too(
        self, client: httpx.Client, existing: dict[str, Any], configure: Configure
    ) -> None:
        configure(require_second_factor=True, second_factor_grace_days=0)
        attempt = first_step(client)
        secret = secret_of(begin(client, attempt))
        signed_in(confirm(client, attempt, code_of(secret)))
        gone = client.get("/auth/profile", headers=existing["headers"])
        assert_problem(gone, 401, "session_revoked")


class TestAnAccountWithAFactor:
    @pytest.fixture
    def me(self, client: httpx.Client, attempt: str) -> dict[str, Any]:
        self.secret = secret_of(begin(client, attempt))
        return signed_in(confirm(client, attempt, code_of(self.secret)))

    def test_the_last_one_cannot_be_removed(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        recovery_codes(client, me)
        refused = client.delete("/auth/totp", headers=me["headers"])
        assert_problem(refused, 409, "last_second_factor")
        assert apps(direct) == [(1,)]
        assert rows(direct, "SELECT count(*) FROM recovery_code") == [(10,)]

    def test_a_new_app_takes_its_place(self, client: httpx.Client, me: dict[str, Any]) -> None:
        enrol(client, me)

    def test_a_trusted_device_still_counts(
        self, client: httpx.Client, me: dict[str, Any], moved: Clock
    ) -> None:
        assert me
        moved.advance(STEP)
        code = code_of(self.secret)
        body = {"attempt": first_step(client), "code": code, "trust_device": True}
        answer = client.post("/auth/signin/totp", json=body)
        device = {"Postern-Device": answer.headers["Postern-Device"]}
        again = signed_in(client.post("/auth/signin", json=BODY, headers=device))
        refreshed = {"refresh_token": again["refresh_token"]}
        signed_in(client.post("/auth/refresh", json=refreshed))
