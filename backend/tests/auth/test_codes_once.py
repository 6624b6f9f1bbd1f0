"""Codes and attempts count once, also in parallel, and guesses at codes are limited."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg2

from src.auth.open_attempts import MAX_TRIES
from src.kit.clock import Clock
from src.settings import Settings
from tests.support.asking import at_once, until_served
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
from tests.support.postgres import rows
from tests.support.service import service
from tests.web.test_problems import assert_problem

Configure = Callable[..., Settings]
Connection = psycopg2.extensions.connection


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
