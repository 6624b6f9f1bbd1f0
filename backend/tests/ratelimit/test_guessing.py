"""Guessing a password is slow, and stops at a limit."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock
from src.policies import SESSION, SESSIONS, UNKNOWN_DEVICES
from tests.ratelimit.conftest import (
    AMPLE,
    OTHER,
    PASSWORD,
    WRONG,
    Account,
    Limit,
    SignUp,
    Visit,
    Visitor,
)
from tests.ratelimit.guesses import guess
from tests.support.asking import until_served
from tests.support.commands import postern
from tests.support.live import part
from tests.support.obstacles import failing
from tests.support.waiting import eventually
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection


def tokens_of(visitor: Visitor) -> dict[str, Any]:
    """A new session, in the form that `sign_up` returns."""
    tokens = visitor.signin().json()
    return {"headers": {"Authorization": f"Bearer {tokens['access_token']}"}}


def prove(client: httpx.Client, me: dict[str, Any], moved: Clock, times: int) -> int:
    """Like `guess`, but inside a session."""
    checked = 0
    for _ in range(times):
        answer = client.post(
            "/auth/profile/delete", json={"password": WRONG}, headers=me["headers"]
        )
        if answer.status_code == 429:
            wait = timedelta(seconds=int(answer.headers["retry-after"]))
            if wait > timedelta(days=1):
                break
            moved.advance(wait)
        checked += answer.status_code == 401
    return checked


@pytest.mark.usefixtures("moved")
class TestGuessing:
    @pytest.mark.usefixtures("ada")
    def test_each_wait_is_twice_as_long_as_the_one_before(
        self, visitor: Visit, moved: Clock
    ) -> None:
        guesser, waits = visitor(), []
        for _ in range(10):
            answer = guesser.signin(WRONG)
            if answer.status_code == 429:
                waits.append(int(answer.headers["retry-after"]))
                moved.advance(timedelta(seconds=waits[-1]))
                answer = guesser.signin(WRONG)
            assert answer.status_code == 401
        assert waits == [1, 2, 4, 8, 16]

    @pytest.mark.usefixtures("ada")
    def test_guessing_stops_at_a_limit_even_over_days(self, visitor: Visit, moved: Clock) -> None:
        assert guess(visitor(), moved, 100) == UNKNOWN_DEVICES.limit

    @pytest.mark.usefixtures("ada")
    def test_failures_are_forgotten_after_a_month_even_without_a_purge(
        self, visitor: Visit, moved: Clock
    ) -> None:
        guess(visitor(), moved, 100)
        assert visitor().signin().status_code == 429
        moved.advance(timedelta(days=31))
        for _ in range(5):
            assert visitor().signin(WRONG).status_code == 401
        assert visitor().signin().status_code == 429

    @pytest.mark.usefixtures("ada")
    def test_guesses_that_continue_do_not_lock_the_user_out_after_forget(
        self, visitor: Visit, moved: Clock
    ) -> None:
        own = visitor()
        guess(visitor(OTHER), moved, 100)
        for _ in range(5):
            assert visitor(OTHER).signin(WRONG).status_code == 429
            moved.advance(timedelta(seconds=4))
        postern("limits", "forget", "ada@example.com")
        assert visitor(OTHER).signin(WRONG).status_code == 429  # this process has not noticed yet
        moved.advance(timedelta(seconds=4))
        assert own.signin().status_code == 200

    @pytest.mark.usefixtures("ada")
    def test_guesses_of_all_kinds_are_limited_to_a_hundred_in_a_row(
        self, client: httpx.Client, visitor: Visit, moved: Clock, configure: Callable[..., Any]
    ) -> None:
        configure(access_token_ttl=30 * 86_400, session_idle_ttl=60 * 86_400)
        own = [visitor().remember() for _ in range(5)]
        stolen = [tokens_of(visitor()) for _ in range(4)]
        checked = sum(guess(device, moved, 200) for device in own)
        checked += guess(visitor(OTHER), moved, 200)
        checked += sum(prove(client, session, moved, 100) for session in stolen)
        assert checked == 100

    @pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
    @pytest.mark.usefixtures("ada")
    def test_the_refusal_is_the_same_if_no_account_exists(self, visitor: Visit, email: str) -> None:
        guesser = visitor()
        for _ in range(5):
            assert guesser.signin(WRONG, email).status_code == 401
        refused = guesser.signin(PASSWORD, email)  # even the right password is not checked
        assert_problem(refused, 429, "rate_limited")
        assert refused.headers["ratelimit"] == '"signin_failures";r=0;t=1'
        assert "ada@" not in refused.text

    def test_fifty_addresses_at_once_get_no_more_guesses_than_one(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit()
        guessers = [visitor(f"203.0.113.{number}") for number in range(50)]
        with ThreadPoolExecutor(50) as pool:
            guesses = [partial(guesser.signin, WRONG) for guesser in guessers]
            answers = list(pool.map(until_served, guesses))
        assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 45}

    def test_guesses_before_a_sign_up_do_not_lock_the_new_account(
        self, sign_up: SignUp, limit: Limit, visitor: Visit, moved: Clock
    ) -> None:
        limit(AMPLE)
        assert guess(visitor(), moved, 100) == UNKNOWN_DEVICES.limit
        sign_up()
        assert visitor(OTHER).signin().status_code == 200

    def test_other_spellings_of_an_email_give_no_more_guesses(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit()
        for email in ("ada@example.com", "ADA@example.com", "Ada@Example.COM", "aDa@example.com"):
            visitor().signin(WRONG, email)
        visitor().signin(WRONG, "adA@EXAMPLE.com")
        assert visitor().signin(WRONG).status_code == 429

    def test_guesses_at_many_accounts_reach_the_limit_of_the_address(
        self, limit: Limit, visitor: Visit
    ) -> None:
        limit("signin_address=20+1/minute")
        codes = [
            visitor().signin(WRONG, f"p{number}@example.com").status_code for number in range(22)
        ]
        assert codes == [401] * 20 + [429] * 2
        assert visitor(OTHER).signin(WRONG, "p1@example.com").status_code == 401

    def test_guesses_from_one_address_do_not_block_another_address(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit("signin_account_address=3+1/hour")
        for _ in range(20):
            visitor().signin(WRONG)
        assert visitor(OTHER).signin().status_code == 200


@pytest.mark.usefixtures("moved")
class TestTheRightPassword:
    def test_the_right_password_resets_the_failures(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        limit("signin_account_address=5+1/day")
        for _ in range(6):
            for _ in range(4):
                assert visitor().signin(WRONG).status_code == 401
            assert visitor().signin().status_code == 200

    def test_the_failures_of_a_disabled_account_are_kept(
        self,
        sign_up: SignUp,
        limit: Limit,
        visitor: Visit,
        direct: psycopg2.extensions.connection,
    ) -> None:
        sign_up()
        limit()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        for _ in range(3):
            visitor().signin(WRONG)
        assert_problem(visitor().signin(), 403, "account_disabled")
        assert visitor().signin(WRONG).status_code == 401
        assert visitor().signin(WRONG).status_code == 429

    def test_a_sign_in_to_another_account_keeps_the_failures(
        self, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        sign_up()
        sign_up("eve@example.com")
        limit()
        for _ in range(5):
            visitor().signin(WRONG)
        assert visitor().signin(email="eve@example.com").status_code == 200
        assert visitor().signin().status_code == 429


class TestProvingThePasswordAgain:
    def test_guesses_inside_a_session_are_limited(
        self, client: httpx.Client, sign_up: SignUp, limit: Limit, moved: Clock
    ) -> None:
        me = sign_up()
        limit()
        body = {"password": WRONG}
        codes = [
            client.post("/auth/profile/delete", json=body, headers=me["headers"]).status_code
            for _ in range(7)
        ]
        assert codes == [401] * 5 + [429] * 2
        change = {"current_password": PASSWORD, "new_password": "another testpass"}
        refused = client.post("/auth/password/change", json=change, headers=me["headers"])
        assert_problem(refused, 429, "rate_limited")
        moved.advance(timedelta(seconds=1))
        changed = client.post("/auth/password/change", json=change, headers=me["headers"])
        assert changed.status_code == 200

    def test_right_passwords_are_limited_too(
        self, client: httpx.Client, sign_up: SignUp, limit: Limit
    ) -> None:
        me = sign_up()
        limit("password_account=4+1/minute")
        passwords = [PASSWORD, *(f"another testpass {number}" for number in range(6))]
        codes = []
        for old, new in pairwise(passwords):
            change = {"current_password": old, "new_password": new}
            answer = client.post("/auth/password/change", json=change, headers=me["headers"])
            codes.append(answer.status_code)
            if answer.is_success:
                me["headers"] = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert codes == [200] * 4 + [429] * 2

    @pytest.mark.usefixtures("ada")
    def test_all_sessions_share_a_limit_that_a_sign_in_resets(
        self, client: httpx.Client, visitor: Visit, moved: Clock, configure: Callable[..., Any]
    ) -> None:
        configure(access_token_ttl=30 * 86_400, session_idle_ttl=60 * 86_400)
        own, *stolen = [tokens_of(visitor()) for _ in range(3)]
        assert sum(prove(client, session, moved, 100) for session in stolen) == SESSIONS.limit
        change = {"current_password": PASSWORD, "new_password": "another testpass"}
        for _ in range(SESSION.limit + 1):
            moved.advance(timedelta(hours=1))
            refused = client.post("/auth/password/change", json=change, headers=own["headers"])
            assert refused.headers["ratelimit"].startswith('"account_proof_failures"')
        assert visitor().signin().status_code == 200
        done = client.post("/auth/password/change", json=change, headers=own["headers"])
        assert done.status_code == 200

    def test_failures_in_one_session_do_not_block_the_others(
        self, client: httpx.Client, sign_up: SignUp, limit: Limit, visitor: Visit
    ) -> None:
        stolen = sign_up()
        token = visitor(OTHER).signin().json()["access_token"]
        limit()
        for _ in range(8):
            client.post("/auth/profile/delete", json={"password": WRONG}, headers=stolen["headers"])
        change = {"current_password": PASSWORD, "new_password": "another testpass"}
        header = {"Authorization": f"Bearer {token}"}
        assert client.post("/auth/password/change", json=change, headers=header).status_code == 200


@contextmanager
def busy() -> Iterator[None]:
    """No hash is computed in time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part("gate"), "wait", 0.0)
        patch.setattr(part("gate"), "_free", 0)  # as if all threads were busy
        yield


def failures(direct: psycopg2.extensions.connection) -> list[int]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT failures FROM failure_streak")
        return [number for (number,) in cursor.fetchall()]


class TestUncheckedPasswords:
    def test_an_unchecked_password_leaves_no_row(
        self,
        sign_up: SignUp,
        limit: Limit,
        visitor: Visit,
        direct: psycopg2.extensions.connection,
    ) -> None:
        sign_up()
        limit("signin_account_address=3+1/day")
        with busy():
            for _ in range(10):
                assert_problem(visitor().signin(), 503, "overloaded")
        assert failures(direct) == []
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rate_limit")
            assert cursor.fetchall() == [(0,)]
        assert visitor().signin().status_code == 200

    def test_a_count_that_cannot_be_undone_stays_and_is_logged(
        self,
        ada: Account,  # noqa: ARG002  hers is the session
        client: httpx.Client,
        visitor: Visit,
        direct: psycopg2.extensions.connection,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        over = tokens_of(visitor())
        client.post("/auth/signout", headers=over["headers"])
        with failing(direct, "UPDATE", "rate_limit"):
            answer = client.post(
                "/auth/profile/delete", json={"password": WRONG}, headers=over["headers"]
            )
            assert_problem(answer, 401, "session_revoked")
            eventually(lambda: "what was counted stays counted" in caplog.text)
        assert failures(direct) == [1, 1]

    def test_a_password_in_an_ended_session_is_not_counted(
        self,
        ada: Account,
        client: httpx.Client,
        visitor: Visit,
        direct: psycopg2.extensions.connection,
    ) -> None:
        over = tokens_of(visitor())
        client.post("/auth/signout", headers=over["headers"])
        for _ in range(30):
            answer = client.post(
                "/auth/profile/delete", json={"password": WRONG}, headers=over["headers"]
            )
            assert_problem(answer, 401, "session_revoked")
            eventually(lambda: not any(failures(direct)))
        answer = client.post(
            "/auth/profile/delete", json={"password": PASSWORD}, headers=ada["headers"]
        )
        assert answer.status_code == 204

    @pytest.mark.usefixtures("moved")
    @pytest.mark.usefixtures("ada")
    def test_an_unchecked_password_adds_no_wait(
        self, visitor: Visit, moved: Clock, direct: psycopg2.extensions.connection
    ) -> None:
        guess(visitor(), moved, 8)
        moved.advance(timedelta(seconds=8))
        with busy():
            assert_problem(visitor().signin(), 503, "overloaded")
        eventually(lambda: failures(direct) == [8])
        assert visitor().signin().status_code == 200


@pytest.mark.parametrize("table", ['"user"', "session"])
@pytest.mark.parametrize("known", [False, True], ids=["on an unknown device", "on a known one"])
@pytest.mark.usefixtures("ada")
def test_an_attempt_that_could_not_be_checked_is_no_wrong_password(
    visitor: Visit, direct: Connection, table: str, *, known: bool
) -> None:
    """The database waits for a lock: the right password is refused, and works right after it."""
    ada = visitor().remember() if known else visitor()
    direct.autocommit = False
    with direct.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        refused = [ada.signin() for _ in range(7)]
    direct.rollback()
    direct.autocommit = True
    assert {answer.status_code for answer in refused} == {503}

    def counted() -> int:
        with direct.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(failures), 0) FROM failure_streak")
            return int(cursor.fetchall()[0][0])

    eventually(lambda: counted() == 0)
    assert until_served(ada.signin).status_code == 200
