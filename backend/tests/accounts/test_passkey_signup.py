"""Signing up with a passkey: an account without a password."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Environment, Settings
from tests.conftest import PASSWORD
from tests.support.asking import until_served
from tests.support.authenticator import BE, BS, UP, Authenticator
from tests.support.factors import EMAIL, signed_in
from tests.support.mailbox import Mailbox
from tests.support.passkeys import sign_in, signin_options
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection
NAME = "Ada Lovelace"


def ask(client: httpx.Client, email: str = EMAIL, **more: Any) -> httpx.Response:
    return client.post("/auth/passkeys/signup/options", json={"email": email, **more})


def sign_up_with(
    client: httpx.Client, one: Authenticator, email: str = EMAIL, **more: Any
) -> httpx.Response:
    options = ask(client, email, **more)
    assert options.status_code == 200, options.text
    body = {"attestation": one.make(options.json())}
    return client.post("/auth/passkeys/signup", json=body)


def accounts(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute('SELECT email, name, password_hash FROM "user" ORDER BY id')
        return cursor.fetchall()


def stored(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute(
            'SELECT t::text FROM "user" t UNION ALL SELECT t::text FROM passkey t '
            "UNION ALL SELECT t::text FROM used_challenge t UNION ALL SELECT kind FROM mail "
            "ORDER BY 1"
        )
        return cursor.fetchall()


class TestSigningUp:
    def test_the_account_has_no_password_and_the_passkey_signs_in(
        self, client: httpx.Client, direct: Connection, mailbox: Mailbox
    ) -> None:
        one = Authenticator()
        answer = sign_up_with(client, one, name=NAME)
        assert answer.status_code == 201, answer.text
        assert set(answer.json()) == {"id", "email"}
        assert accounts(direct) == [(EMAIL, NAME, None)]
        tokens = signed_in(sign_in(client, one.use(signin_options(client))))
        profile = client.get("/auth/profile", headers=tokens["headers"]).json()
        assert (profile["email"], profile["name"]) == (EMAIL, NAME)
        found = client.get("/auth/factors", headers=tokens["headers"]).json()
        assert (found["password"], len(found["passkeys"])) == (False, 1)
        token = mailbox.token("verify_email")
        assert client.post("/auth/email/verify", json={"token": token}).status_code == 204
        signed_in(sign_in(client, one.use(signin_options(client))))

    def test_the_options_carry_the_person_and_store_nothing(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        options = ask(client, name=NAME).json()
        assert (options["user"]["name"], options["user"]["displayName"]) == (EMAIL, NAME)
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert EMAIL not in options["challenge"]
        assert accounts(direct) == []
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM used_challenge")
            assert cursor.fetchall() == [(0,)]

    def test_the_longest_address_and_name_fit(self, client: httpx.Client) -> None:
        local, label = "a" * 64, "b" * 57
        email = f"{local}@{label}.{label}.{label}.example.com"
        answer = sign_up_with(client, Authenticator(), email, name="𝔞" * 200)
        assert answer.status_code == 201, answer.text

    def test_the_body_may_be_the_form_of_webauthn_itself(self, client: httpx.Client) -> None:
        sent = Authenticator().make(ask(client).json())
        assert client.post("/auth/passkeys/signup", json=sent).status_code == 201

    def test_a_key_that_does_not_check_its_person_is_refused(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        answer = sign_up_with(client, Authenticator(flags=UP | BE | BS))
        assert_problem(answer, 422, "attestation_invalid")
        assert accounts(direct) == []

    def test_a_taken_credential_makes_no_account(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        one = Authenticator()
        assert sign_up_with(client, one).status_code == 201
        answer = sign_up_with(client, one, "eve@example.com")
        assert_problem(answer, 409, "passkey_taken")
        assert [email for email, *_ in accounts(direct)] == [EMAIL]

    @pytest.mark.parametrize("body", [{}, {"email": "ada"}, {"email": EMAIL, "name": "a\tb"}])
    def test_an_invalid_person_is_refused(self, client: httpx.Client, body: dict[str, str]) -> None:
        answer = client.post("/auth/passkeys/signup/options", json=body)
        assert_problem(answer, 422, "validation_failed")


class TestATakenAddress:
    def test_the_options_say_it_before_a_passkey_is_made(
        self, client: httpx.Client, sign_up: SignUp, caplog: pytest.LogCaptureFixture
    ) -> None:
        sign_up()
        assert_problem(ask(client, "ADA@example.com"), 409, "email_taken")
        assert "signup.refused reason='email_taken'" in caplog.text

    def test_somebody_was_faster(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        options = ask(client).json()
        sign_up()
        body = {"attestation": Authenticator().make(options)}
        answer = client.post("/auth/passkeys/signup", json=body)
        assert_problem(answer, 409, "email_taken")
        assert len(accounts(direct)) == 1
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM passkey")
            assert cursor.fetchall() == [(0,)]

    def test_of_many_at_once_one_gets_the_address(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        sent = [Authenticator().make(ask(client).json()) for _ in range(8)]

        def one(number: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                body = {"attestation": sent[number]}
                post = own.post
                return until_served(lambda: post("/auth/passkeys/signup", json=body)).status_code

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(one, range(8))) == [201] + [409] * 7
        assert len(accounts(direct)) == 1


class TestQuietly:
    @pytest.fixture(autouse=True)
    def _quiet(self, configure: Configure) -> None:
        configure(signup_reveals_accounts=False)

    def test_the_answer_is_the_same_for_every_address(
        self, client: httpx.Client, direct: Connection, mailbox: Mailbox
    ) -> None:
        first, second = Authenticator(), Authenticator()
        new, taken = sign_up_with(client, first), sign_up_with(client, second)
        for answer in (new, taken):
            assert (answer.status_code, answer.json()) == (202, {"email": EMAIL})
        assert len(accounts(direct)) == 1
        mailbox.wait("verify_email")
        mailbox.wait("account_exists")
        signed_in(sign_in(client, first.use(signin_options(client))))
        refused = sign_in(client, second.use(signin_options(client)))
        assert_problem(refused, 401, "passkey_unknown")

    @pytest.mark.parametrize("has_account", [False, True])
    def test_an_answer_counts_once_for_every_address(
        self, client: httpx.Client, direct: Connection, *, has_account: bool
    ) -> None:
        """A second answer would otherwise show whether the first one made an account."""
        body = {"attestation": Authenticator().make(ask(client).json())}
        if has_account:
            typed = {"email": EMAIL, "password": PASSWORD}
            assert client.post("/auth/signup", json=typed).status_code == 202
        assert client.post("/auth/passkeys/signup", json=body).status_code == 202
        before = stored(direct)
        assert_problem(client.post("/auth/passkeys/signup", json=body), 422, "attestation_invalid")
        assert stored(direct) == before

    @pytest.mark.parametrize("has_account", [False, True])
    def test_of_many_uses_of_one_answer_one_counts(
        self, client: httpx.Client, *, has_account: bool
    ) -> None:
        body = {"attestation": Authenticator().make(ask(client).json())}
        if has_account:
            typed = {"email": EMAIL, "password": PASSWORD}
            assert client.post("/auth/signup", json=typed).status_code == 202

        def one(_: int) -> int:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                post = own.post
                return until_served(lambda: post("/auth/passkeys/signup", json=body)).status_code

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(one, range(8))) == [202] + [422] * 7

    def test_a_taken_credential_shows_nothing_about_the_address(self, client: httpx.Client) -> None:
        one = Authenticator()
        sign_up_with(client, one)
        for address in (EMAIL, "new@example.com"):
            assert_problem(sign_up_with(client, one, address), 409, "passkey_taken")

    def test_without_mail_nobody_can_sign_up(
        self, client: httpx.Client, configure: Configure
    ) -> None:
        configure(signup_reveals_accounts=False, environment=Environment.PRODUCTION)
        assert_problem(ask(client), 501, "mail_not_set_up")


class TestTheSetting:
    def test_password_alone(self, client: httpx.Client, configure: Configure) -> None:
        sent = Authenticator().make(ask(client).json())
        configure(signup_methods=("password",))
        assert_problem(ask(client), 403, "signup_method_off")
        answer = client.post("/auth/passkeys/signup", json={"attestation": sent})
        assert_problem(answer, 403, "signup_method_off")
        assert client.get("/auth/config").json()["signup_methods"] == ["password"]

    def test_passkey_alone(
        self, client: httpx.Client, configure: Configure, direct: Connection
    ) -> None:
        configure(signup_methods=("passkey",))
        body = {"email": EMAIL, "password": "copper lantern staple"}
        assert_problem(client.post("/auth/signup", json=body), 403, "signup_method_off")
        assert accounts(direct) == []
        assert sign_up_with(client, Authenticator()).status_code == 201
        assert client.get("/auth/config").json()["signup_methods"] == ["passkey"]


class TestLimits:
    """The clock stands still, so nothing is added to a limit meanwhile."""

    @pytest.fixture(autouse=True)
    def _limited(self, configure: Configure, moved: Clock) -> None:
        moved.advance(timedelta())
        configure(rate_limits=True)

    def test_options_draw_on_the_limit_of_sign_ups(self, client: httpx.Client) -> None:
        codes = [ask(client, f"person{number}@example.com").status_code for number in range(31)]
        assert codes == [200] * 30 + [429]
        body = {"email": EMAIL, "password": "copper lantern staple"}
        assert_problem(client.post("/auth/signup", json=body), 429, "rate_limited")

    def test_answers_and_options_have_limits_of_their_own_for_each_address(
        self, client: httpx.Client
    ) -> None:
        sent = Authenticator().use(signin_options(client))
        codes = [sign_in(client, sent).status_code for _ in range(121)]
        assert codes == [401] * 120 + [429]
        signin_options(client)
        codes = [client.post("/auth/passkeys/signin/options").status_code for _ in range(119)]
        assert codes == [200] * 118 + [429]
