"""The limits of requests that send a mail: each policy at each endpoint, for any address."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg2
import pytest

from src.policies import TABLE
from src.ratelimit.keys import key_of
from tests.ratelimit.conftest import OTHER, PASSWORD, Configure, Limit, SignUp
from tests.support.live import forget_refusals
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
Ask = Callable[..., httpx.Response]
KNOWN, UNKNOWN = "ada@example.com", "nobody@example.com"
ELSEWHERE = "eve@elsewhere.org"
DOORS = {
    "forgot": ("/auth/password/forgot", "email"),
    "verification": ("/auth/email/verification", "email"),
    "magic_link": ("/auth/magic-link", "email"),
    "change": ("/auth/email/change", "new_email"),
}
TYPED = ("forgot", "verification", "magic_link")
"""Those that anybody may use, with any address."""


def only(name: str, rate: str) -> str:
    """Of all limits, only this one is left."""
    rates = dict.fromkeys(TABLE, "9999+9999/second") | {name: rate}
    return " ".join(f"{policy}={value}" for policy, value in rates.items())


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def ask(client: httpx.Client, sign_up: SignUp, configure: Configure) -> Ask:
    """Ask for a mail to this address at this door, from this address of the internet."""
    configure(magic_link=True)
    asking = sign_up("asking@example.com")

    def ask(door: str, email: str, ip: str = "192.0.2.1") -> httpx.Response:
        path, field = DOORS[door]
        body, headers = {field: email}, {"X-Forwarded-For": ip}
        if door == "change":
            body, headers = body | {"password": PASSWORD}, headers | asking["headers"]
        return client.post(path, json=body, headers=headers)

    return ask


def assert_limited(answer: httpx.Response, policy: str) -> None:
    assert_problem(answer, 429, "rate_limited")
    assert answer.headers["ratelimit-policy"].startswith(f'"{policy}";')


class TestEachPolicy:
    def test_one_place_can_ask_for_a_few_mails(self, ask: Ask, limit: Limit, door: str) -> None:
        limit(only("mail_address", "2+1/day"))
        for number in range(2):
            assert ask(door, f"p{number}@domain{number}.org").status_code == 202
        assert_limited(ask(door, "p2@domain2.org"), "mail_address")
        assert ask(door, "p2@domain2.org", OTHER).status_code == 202

    @pytest.mark.parametrize("policy", ["mail_recipient_hour", "mail_recipient_day"])
    def test_one_address_gets_a_few_mails_from_all_places_together(
        self, ask: Ask, limit: Limit, door: str, policy: str
    ) -> None:
        limit(only(policy, "2+1/day"))
        for number in range(2):
            assert ask(door, UNKNOWN, f"192.0.2.{number}").status_code == 202
        assert_limited(ask(door, UNKNOWN.upper(), "192.0.2.3"), policy)
        assert ask(door, "another@example.com", "192.0.2.3").status_code == 202

    def test_one_domain_gets_a_few_mails_from_all_places_together(
        self, ask: Ask, limit: Limit, door: str
    ) -> None:
        limit(only("mail_domain", "2+1/day"))
        for number in range(2):
            assert ask(door, f"p{number}@example.com", f"192.0.2.{number}").status_code == 202
        assert_limited(ask(door, "p2@EXAMPLE.com", "192.0.2.3"), "mail_domain")
        assert ask(door, ELSEWHERE, "192.0.2.3").status_code == 202

    @pytest.mark.parametrize("door", TYPED)
    def test_all_endpoints_share_the_limits_of_a_recipient(
        self, ask: Ask, limit: Limit, door: str
    ) -> None:
        limit(only("mail_recipient_hour", "2+1/day"))
        for other in [one for one in TYPED if one != door]:
            assert ask(other, UNKNOWN).status_code == 202
        assert_limited(ask(door, UNKNOWN), "mail_recipient_hour")


@pytest.mark.parametrize("door", TYPED)
class TestAnUnknownAddress:
    """Neither an answer nor a limit shows whether an address has an account."""

    def test_it_gets_the_answers_and_the_rows_of_a_known_one(
        self, ask: Ask, sign_up: SignUp, limit: Limit, direct: Connection, door: str
    ) -> None:
        sign_up(KNOWN)
        limit(only("mail_recipient_hour", "2+1/day"))
        shown: dict[str, Any] = {}
        for email in (KNOWN, UNKNOWN):
            answers = [ask(door, email) for _ in range(4)]
            forget_refusals()
            answers.append(ask(door, email))
            with direct.cursor() as cursor:
                keys = [
                    key_of(name, email) for name in ("mail_recipient_hour", "mail_recipient_day")
                ]
                cursor.execute("SELECT count(*) FROM rate_limit WHERE key = ANY(%s)", (keys,))
                counted = cursor.fetchall()
            shown[email] = (
                counted,
                [
                    (
                        answer.status_code,
                        sorted(answer.headers.keys()),
                        answer.json().get("code") if answer.content else None,
                        sorted(answer.json()) if answer.content else None,
                    )
                    for answer in answers
                ],
            )
        assert shown[KNOWN] == shown[UNKNOWN]
        counted, answers = shown[KNOWN]
        assert counted == [(2,)]
        assert [status for status, *_ in answers] == [202, 202, 429, 429, 429]

    @pytest.mark.parametrize("last", [KNOWN, UNKNOWN])
    @pytest.mark.parametrize("policy", ["mail_address", "mail_domain"])
    def test_it_draws_on_the_budgets_that_a_known_one_uses(
        self, ask: Ask, sign_up: SignUp, limit: Limit, door: str, policy: str, last: str
    ) -> None:
        sign_up(KNOWN)
        limit(only(policy, "2+1/day"))
        for email in (KNOWN, UNKNOWN):
            assert ask(door, email).status_code == 202
        assert_limited(ask(door, last), policy)
