"""What is written to a person without being asked for."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.settings import Settings
from tests.support.mailbox import Mailbox
from tests.support.statements import recorded

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, PASSWORD = "ada@example.com", "testpass123"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def signin(client: httpx.Client, **headers: str) -> httpx.Response:
    body = {"email": EMAIL, "password": PASSWORD}
    answer = client.post("/auth/signin", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def kinds(direct: Connection) -> list[str]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT kind FROM mail ORDER BY id")
        return [kind for (kind,) in cursor.fetchall()]


def test_a_sign_in_on_an_unknown_device_is_said_with_its_name(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    sign_up()
    signin(client, **{"User-Agent": FIREFOX, "Accept-Language": "de"})
    mail = mailbox.wait("new_device")
    assert mail["language"] == "de"
    assert "Firefox on Linux, von der Adresse 127.0.0.1" in mail["text"]


def test_the_first_sign_in_and_a_known_device_are_no_news(
    client: httpx.Client, sign_up: SignUp, direct: Connection
) -> None:
    sign_up()
    assert kinds(direct) == ["verify_email"]
    device = signin(client).headers["Postern-Device"]
    signin(client, **{"Postern-Device": device})
    assert kinds(direct) == ["verify_email", "new_device"]


def test_an_account_whose_sessions_were_removed_long_ago_is_told_of_a_device(
    client: httpx.Client, sign_up: SignUp, direct: Connection
) -> None:
    sign_up()
    with direct.cursor() as cursor:
        cursor.execute("DELETE FROM session")
        cursor.execute("UPDATE \"user\" SET created_at = now() - interval '200 days'")
    signin(client)
    assert kinds(direct) == ["verify_email", "new_device"]


def test_a_reused_refresh_token_is_said(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, configure: Configure
) -> None:
    configure(refresh_grace=0)
    me = sign_up()
    first = {"refresh_token": me["refresh_token"]}
    second = client.post("/auth/refresh", json=first).json()
    third = client.post("/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert third.status_code == 200
    assert client.post("/auth/refresh", json=first).status_code == 401
    assert mailbox.wait("token_reused")["to"] == EMAIL


def test_a_setting_leaves_them_out(
    client: httpx.Client, sign_up: SignUp, configure: Configure, direct: Connection
) -> None:
    configure(mail_notices=("password_changed",))
    sign_up()
    signin(client)
    assert kinds(direct) == ["verify_email"]


def test_a_storm_of_them_is_bounded(
    client: httpx.Client, sign_up: SignUp, direct: Connection
) -> None:
    sign_up()
    for _ in range(8):
        signin(client)
    assert kinds(direct).count("new_device") == 5


class TestQuietSignUp:
    """With SIGNUP_REVEALS_ACCOUNTS=off."""

    @pytest.fixture(autouse=True)
    def _quiet(self, configure: Configure) -> None:
        configure(signup_reveals_accounts=False)

    def sign_up(self, client: httpx.Client, email: str) -> httpx.Response:
        return client.post("/auth/signup", json={"email": email, "password": PASSWORD})

    def test_a_known_and_a_new_address_get_one_answer(
        self, client: httpx.Client, mailbox: Mailbox
    ) -> None:
        first, second = self.sign_up(client, EMAIL), self.sign_up(client, EMAIL)
        assert (first.status_code, first.json()) == (202, {"email": EMAIL})
        assert (second.status_code, second.json()) == (202, {"email": EMAIL})
        assert first.headers.keys() == second.headers.keys()
        assert mailbox.wait("verify_email")["to"] == EMAIL
        assert mailbox.wait("account_exists")["to"] == EMAIL
        assert signin(client).status_code == 200

    def test_both_ask_the_database_for_the_same_and_commit_once(self, client: httpx.Client) -> None:
        said = []
        for _ in ("new", "known"):
            with recorded() as statements:
                self.sign_up(client, EMAIL)
            said.append([text for text in statements if "SAVEPOINT" not in text])
        assert said[0] == said[1]

    def test_a_known_address_keeps_its_password(self, client: httpx.Client) -> None:
        self.sign_up(client, EMAIL)
        body = {"email": EMAIL, "password": "another copper door"}
        assert client.post("/auth/signup", json=body).status_code == 202
        assert signin(client).status_code == 200


class TestWithoutMail:
    """In production without SMTP_URL."""

    @pytest.fixture(autouse=True)
    def _off(self, configure: Configure) -> None:
        from src.settings import Environment

        configure(environment=Environment.PRODUCTION, min_password_length=8)

    @pytest.mark.parametrize("path", ["/auth/password/forgot", "/auth/email/verification"])
    def test_what_would_send_says_that_it_cannot(
        self, client: httpx.Client, path: str, direct: Connection
    ) -> None:
        answer = client.post(path, json={"email": EMAIL})
        assert (answer.status_code, answer.json()["code"]) == (501, "mail_not_set_up")
        assert kinds(direct) == []

    def test_a_sign_up_works_and_writes_no_mail(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        body = {"email": EMAIL, "password": "copper lantern staple"}
        assert client.post("/auth/signup", json=body).status_code == 201
        assert kinds(direct) == []
        assert client.get("/auth/config").json()["sends_mail"] is False


def test_sign_ups_send_one_address_a_few_mails_at_most(
    client: httpx.Client, sign_up: SignUp, configure: Configure, direct: Connection
) -> None:
    from src.policies import with_overrides
    from tests.support.live import forget_refusals

    configure(rate_limits=True, rate_limit_policies=with_overrides("signup_address=99+99/second"))
    sent = 0
    for _ in range(5):
        me = sign_up()
        sent += kinds(direct).count("verify_email")
        body = {"password": PASSWORD}
        gone = client.post("/auth/profile/delete", json=body, headers=me["headers"])
        assert gone.status_code == 204
    assert sent == 3
    forget_refusals()
