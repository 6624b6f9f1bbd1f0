"""Codes of magic links: the limit of an account holds for all its attempts, and shows nothing."""

from datetime import timedelta

import httpx
import pytest

from src.kit.clock import Clock
from tests.ratelimit.conftest import Configure, Limit, SignUp
from tests.ratelimit.test_mail import only
from tests.support.mailbox import Mailbox
from tests.web.test_problems import assert_problem

EMAIL, UNKNOWN, WRONG = "ada@example.com", "nobody@example.com", "AAAA-AAAA"


def ask(client: httpx.Client, email: str = EMAIL) -> str:
    answer = client.post("/auth/magic-link", json={"email": email})
    assert answer.status_code == 202, answer.text
    attempt: str = answer.json()["attempt"]
    return attempt


def send(client: httpx.Client, attempt: str, code: str) -> httpx.Response:
    return client.post("/auth/magic-link/signin", json={"attempt": attempt, "code": code})


@pytest.mark.usefixtures("moved")
class TestTheLimitOfAnAccount:
    @pytest.fixture(autouse=True)
    def _limited(self, sign_up: SignUp, configure: Configure, limit: Limit) -> None:
        configure(magic_link=True)
        sign_up()
        sign_up("eve@example.com")
        limit(only("mailed_code_account", "6+1/hour"))

    def guess(self, client: httpx.Client, mailbox: Mailbox, attempts: int) -> None:
        for number in range(attempts):
            attempt = ask(client)
            mailbox.wait("magic_link", count=number + 1)
            for _ in range(3):
                assert_problem(send(client, attempt, WRONG), 401, "code_invalid")

    def test_above_it_a_right_code_is_refused_like_a_wrong_one(
        self, client: httpx.Client, mailbox: Mailbox, moved: Clock
    ) -> None:
        self.guess(client, mailbox, 2)
        attempt = ask(client)
        code = mailbox.wait("magic_link", count=3)["code"]
        refused = send(client, attempt, code)
        assert_problem(refused, 401, "code_invalid")
        unknown = send(client, ask(client, UNKNOWN), WRONG)
        assert refused.json()["title"] == unknown.json()["title"]
        assert refused.headers.keys() == unknown.headers.keys()

        eve = ask(client, "eve@example.com")
        assert send(client, eve, mailbox.wait("magic_link", count=4)["code"]).status_code == 200
        moved.advance(timedelta(hours=1))
        attempt = ask(client)
        code = mailbox.wait("magic_link", count=5)["code"]
        assert send(client, attempt, code).status_code == 200

    def test_a_link_still_signs_in(self, client: httpx.Client, mailbox: Mailbox) -> None:
        """So nobody locks a person out with wrong codes."""
        self.guess(client, mailbox, 2)
        body = {"attempt": ask(client), "token": mailbox.token("magic_link", count=3)}
        assert client.post("/auth/magic-link/signin", json=body).status_code == 200

    def test_a_right_code_resets_it(self, client: httpx.Client, mailbox: Mailbox) -> None:
        for number in range(3):
            attempt = ask(client)
            code = mailbox.wait("magic_link", count=number + 1)["code"]
            for _ in range(3):
                assert_problem(send(client, attempt, WRONG), 401, "code_invalid")
            assert send(client, attempt, code).status_code == 200
