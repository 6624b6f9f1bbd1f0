"""Wrong codes of somebody who knows the password keep nobody out of what is their own."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.auth import commands as limits
from src.auth.open_attempts import MAX_TRIES
from src.kit.clock import Clock
from src.policies import CODES, CODES_IN_SESSION, CODES_ON_DEVICE, with_overrides
from src.settings import Settings
from tests.conftest import PASSWORD
from tests.support.factors import (
    EMAIL,
    code_of,
    first_step,
    second_step,
    sessions,
    signed_in,
    wrong_code,
)
from tests.support.live import forget_refusals
from tests.support.mailbox import Mailbox
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection


def with_limits_of_codes(configure: Configure) -> None:
    """The right password may be sent as often as the test wants."""
    of_passwords = "signin_account", "signin_account_address", "signin_address", "signin_devices"
    ample = " ".join(f"{name}=9999+9999/second" for name in of_passwords)
    configure(rate_limits=True, rate_limit_policies=with_overrides(ample))


def sign_in(client: httpx.Client, secret: str, headers: dict[str, str]) -> httpx.Response:
    return second_step(
        client, first_step(client, headers=headers), code_of(secret), headers=headers
    )


def until_counted(ask: Callable[[], httpx.Response], moved: Clock) -> httpx.Response | None:
    """Wait as long as each refusal says. None: it says for a month, so the limit is reached."""
    while (answer := ask()).status_code == 429:
        wait = timedelta(seconds=int(answer.headers["Retry-After"]))
        if wait > timedelta(days=1):
            return None
        moved.advance(wait)
    return answer


def guess(
    client: httpx.Client, secret: str, moved: Clock, times: int, headers: dict[str, str]
) -> int:
    """Try wrong codes, five in each attempt, and return how many were checked."""
    checked, attempt = 0, None
    password = {"email": EMAIL, "password": PASSWORD}
    while checked < times:
        if attempt is None or checked % MAX_TRIES == 0:
            begin = partial(client.post, "/auth/signin", json=password, headers=headers)
            if (begun := until_counted(begin, moved)) is None:
                break
            attempt = begun.json()["attempt"]
        wrong = wrong_code(secret)
        ask = partial(second_step, client, attempt, wrong, headers=headers)
        if (answer := until_counted(ask, moved)) is None:
            break
        if answer.json()["code"] == "attempt_invalid":
            attempt = None
            continue
        assert_problem(answer, 401, "code_invalid")
        checked += 1
    return checked


def guess_in_session(client: httpx.Client, secret: str, moved: Clock, ada: dict[str, Any]) -> int:
    checked, headers = 0, ada["headers"]
    while True:
        body = {"code": wrong_code(secret)}
        ask = partial(client.post, "/auth/reauthenticate", json=body, headers=headers)
        if (answer := until_counted(ask, moved)) is None:
            return checked
        assert_problem(answer, 401, "code_invalid")
        checked += 1


@pytest.fixture
def known(client: httpx.Client, secret: str, moved: Clock, direct: Connection) -> dict[str, str]:
    """The headers of a device on which she signed in with a code."""
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET email_verified_at = created_at')
    moved.advance(timedelta(seconds=30))
    answer = sign_in(client, secret, {})
    signed_in(answer)
    return {"Postern-Device": answer.headers["Postern-Device"]}


@pytest.fixture
def used_up(
    client: httpx.Client, known: dict[str, str], secret: str, configure: Configure, moved: Clock
) -> None:
    """Somebody who knows the password has used up the codes of an hour."""
    assert known
    with_limits_of_codes(configure)
    attempts, wait = [first_step(client) for _ in range(3)], 0
    for number in range(15):
        refused = second_step(client, attempts[number // MAX_TRIES], wrong_code(secret))
        wait = int(refused.headers.get("Retry-After", 0))
        if wait > 60:
            break
        moved.advance(timedelta(seconds=wait))
    assert wait > 3000
    answer = second_step(client, attempts[-1], code_of(secret))
    assert_problem(answer, 429, "rate_limited")
    moved.advance(timedelta(seconds=30))


@pytest.mark.usefixtures("used_up")
class TestTheOwner:
    def test_a_known_device_signs_in_and_resets_the_limits(
        self,
        client: httpx.Client,
        known: dict[str, str],
        secret: str,
        moved: Clock,
        direct: Connection,
    ) -> None:
        signed_in(sign_in(client, secret, known))
        assert rows(direct, "SELECT * FROM failure_streak") == []
        moved.advance(timedelta(seconds=30))
        signed_in(sign_in(client, secret, {}))

    def test_a_device_with_the_former_password_is_known_too(
        self, client: httpx.Client, known: dict[str, str], secret: str, mailbox: Mailbox
    ) -> None:
        """A person whose password was stolen may have another one by now."""
        client.post("/auth/password/forgot", json={"email": EMAIL})
        new = "another pass phrase"
        body = {"token": mailbox.token("reset_password"), "new_password": new}
        assert client.post("/auth/password/reset", json=body).status_code == 204
        attempt = first_step(client, password=new)
        assert_problem(second_step(client, attempt, code_of(secret)), 429, "rate_limited")
        attempt = first_step(client, password=new, headers=known)
        signed_in(second_step(client, attempt, code_of(secret), headers=known))

    def test_a_session_becomes_fresh_and_resets_the_limits(
        self, client: httpx.Client, me: dict[str, Any], secret: str, moved: Clock
    ) -> None:
        body = {"code": code_of(secret)}
        proved = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert proved.status_code == 204, proved.text
        moved.advance(timedelta(seconds=30))
        signed_in(sign_in(client, secret, {}))

    def test_an_operator_lifts_the_limits(self, client: httpx.Client, secret: str) -> None:
        limits.forget_failures(EMAIL)
        forget_refusals()
        signed_in(sign_in(client, secret, {}))


class TestTheBound:
    """A hundred wrong codes in a row: 50 on unknown devices, 30 on known ones, 20 in sessions."""

    def test_a_known_device_takes_ten_and_then_counts_as_unknown(
        self,
        client: httpx.Client,
        known: dict[str, str],
        secret: str,
        configure: Configure,
        moved: Clock,
        direct: Connection,
    ) -> None:
        with_limits_of_codes(configure)
        everything = guess(client, secret, moved, CODES.limit * 2, known)
        assert everything == CODES_ON_DEVICE.limit + CODES.limit
        before = sessions(direct)
        password = {"email": EMAIL, "password": PASSWORD}
        begun = until_counted(
            partial(client.post, "/auth/signin", json=password, headers=known), moved
        )
        assert begun is not None
        refused = second_step(client, begun.json()["attempt"], code_of(secret), headers=known)
        assert_problem(refused, 429, "rate_limited")
        assert sessions(direct) == before

    def test_a_session_takes_ten(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        secret: str,
        configure: Configure,
        moved: Clock,
        direct: Connection,
    ) -> None:
        with_limits_of_codes(configure)
        assert guess_in_session(client, secret, moved, me) == CODES_IN_SESSION.limit
        before = rows(direct, "SELECT authenticated_at FROM session")
        body = {"code": code_of(secret)}
        refused = client.post("/auth/reauthenticate", json=body, headers=me["headers"])
        assert_problem(refused, 429, "rate_limited")
        assert rows(direct, "SELECT authenticated_at FROM session") == before
        signed_in(sign_in(client, secret, {}))
