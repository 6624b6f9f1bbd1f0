"""Signing in by mail: a link in the browser that asked, or a code that is typed there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.settings import Settings
from tests.support.asking import until_served
from tests.support.mailbox import Mailbox
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Configure = Callable[..., Settings]
EMAIL, PASSWORD = "ada@example.com", "testpass123"


@pytest.fixture(autouse=True)
def _on(configure: Configure) -> None:
    configure(magic_link=True)


def ask(client: httpx.Client, email: str = EMAIL) -> str:
    answer = client.post("/auth/magic-link", json={"email": email})
    assert answer.status_code == 202, answer.text
    attempt: str = answer.json()["attempt"]
    return attempt


def signin(client: httpx.Client, attempt: str, **proof: str) -> httpx.Response:
    return client.post("/auth/magic-link/signin", json={"attempt": attempt, **proof})


def profile(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    shown: dict[str, Any] = client.get("/auth/profile", headers=headers).json()
    return shown


def verified(direct: Connection) -> None:
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET email_verified_at = now()')


def test_the_link_signs_in_with_its_attempt(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
) -> None:
    sign_up()
    verified(direct)
    attempt = ask(client)
    token = mailbox.token("magic_link")
    answer = signin(client, attempt, token=token)
    assert answer.status_code == 200, answer.text
    assert profile(client, answer)["email"] == EMAIL
    assert answer.headers["Postern-Device"]
    assert_problem(signin(client, attempt, token=token), 400, "link_used")
    again = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
    assert again.status_code == 200


def test_a_link_is_of_no_use_without_its_attempt(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    sign_up()
    attempt = ask(client)
    token = mailbox.token("magic_link")
    assert_problem(signin(client, "another" + attempt, token=token), 400, "link_invalid")
    assert_problem(signin(client, token, token=token), 400, "link_invalid")
    assert signin(client, attempt, token=token).status_code == 200


def test_an_older_link_says_what_became_of_it_also_with_the_attempt_of_a_newer_one(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
) -> None:
    sign_up()
    older, first = ask(client), mailbox.token("magic_link")
    newer, second = ask(client), mailbox.token("magic_link", count=2)
    for attempt in (older, newer):
        assert_problem(signin(client, attempt, token=first), 400, "link_replaced")
    with direct.cursor() as cursor:
        cursor.execute("SELECT used_at FROM mailed_token WHERE used_at IS NOT NULL")
        assert cursor.fetchall() == []
    assert signin(client, newer, token=second).status_code == 200
    assert_problem(signin(client, older, token=second), 400, "link_used")


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", " ")])
def test_the_code_signs_in(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, written: Callable[[str], str]
) -> None:
    sign_up()
    attempt = ask(client)
    code = written(mailbox.wait("magic_link")["code"])
    assert signin(client, attempt, code=code).status_code == 200
    assert_problem(signin(client, attempt, code=code), 401, "code_invalid")


def test_after_five_wrong_codes_the_right_one_does_not_count(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    sign_up()
    attempt = ask(client)
    code = mailbox.wait("magic_link")["code"]
    guess = partial(signin, client, attempt, code="AAAA-AAAA")
    with ThreadPoolExecutor(5) as pool:
        wrong = list(pool.map(until_served, [guess] * 5))
    assert {answer.status_code for answer in wrong} == {401}
    assert_problem(signin(client, attempt, code=code), 401, "code_invalid")


def test_only_one_of_32_parallel_uses_succeeds(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    sign_up()
    attempt = ask(client)
    token = mailbox.token("magic_link")

    def use(_: int) -> int:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            return until_served(lambda: signin(own, attempt, token=token)).status_code

    with ThreadPoolExecutor(32) as pool:
        codes = sorted(pool.map(use, range(32)))
    assert codes == [200] + [400] * 31


def test_it_expires(client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, moved: Clock) -> None:
    sign_up()
    attempt = ask(client)
    mail = mailbox.wait("magic_link")
    token = mail["link"].partition("?token=")[2]
    moved.advance(timedelta(minutes=10))
    assert_problem(signin(client, attempt, token=token), 400, "link_expired")
    assert_problem(signin(client, attempt, code=mail["code"]), 401, "code_invalid")


def test_an_unknown_address_gets_an_attempt_and_no_mail(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    sign_up()
    attempt = ask(client, "nobody@example.com")
    assert len(attempt) == len(ask(client))
    mailbox.wait("magic_link")
    assert {mail["to"] for mail in mailbox.all()} == {EMAIL}
    assert_problem(signin(client, attempt, code="AAAA-AAAA"), 401, "code_invalid")


def test_an_account_is_made_only_where_a_setting_says_so(
    client: httpx.Client, mailbox: Mailbox, configure: Configure
) -> None:
    configure(magic_link=True, magic_link_signup=True)
    attempt = ask(client, "new@example.com")
    answer = signin(client, attempt, token=mailbox.token("magic_link"))
    assert answer.status_code == 200, answer.text
    shown = profile(client, answer)
    assert (shown["email"], shown["email_verified"]) == ("new@example.com", True)


def test_no_account_is_made_for_an_address_that_sign_up_refuses(
    client: httpx.Client, mailbox: Mailbox, configure: Configure
) -> None:
    configure(magic_link=True, magic_link_signup=True)
    ask(client, "tw\N{VARIATION SELECTOR-16}in@example.com")
    ask(client, "new@example.com")
    mailbox.wait("magic_link")
    assert [mail["to"] for mail in mailbox.all()] == ["new@example.com"]


def test_it_takes_an_unverified_account_from_whoever_opened_it(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox
) -> None:
    """A stranger has opened an account with my address, and knows its password."""
    stranger = sign_up()
    answer = signin(client, ask(client), token=mailbox.token("magic_link"))
    assert profile(client, answer)["email_verified"] is True
    refused = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
    assert_problem(refused, 401, "invalid_credentials")
    ended = client.get("/auth/profile", headers=stranger["headers"])
    assert_problem(ended, 401, "session_revoked")


def test_a_disabled_account_is_refused(
    client: httpx.Client, sign_up: SignUp, mailbox: Mailbox, direct: Connection
) -> None:
    sign_up()
    attempt = ask(client)
    token = mailbox.token("magic_link")
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET disabled_at = now()')
    assert_problem(signin(client, attempt, token=token), 403, "account_disabled")


def test_it_is_off_by_default(client: httpx.Client, configure: Configure) -> None:
    configure(magic_link=False)
    body = {"email": EMAIL}
    assert_problem(client.post("/auth/magic-link", json=body), 403, "magic_link_off")
    assert client.get("/auth/config").json()["signin_methods"] == ["password"]


@pytest.mark.parametrize("proof", [{}, {"token": "a", "code": "b"}])
def test_it_takes_either_a_token_or_a_code(client: httpx.Client, proof: dict[str, str]) -> None:
    assert_problem(signin(client, "attempt", **proof), 422, "validation_failed")
