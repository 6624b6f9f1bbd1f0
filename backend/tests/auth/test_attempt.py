"""Signing in collects proofs until it has all that the account requires.

These tests add a second factor of their own: a secret word that a user has set. It is one class.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg2
import pytest
from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col

from src.auth import service
from src.auth.attempt import Attempt, FactorRequired, Proof, SignedIn, again_if_changed
from src.auth.caller import Caller, Drawn
from src.auth.factors import magic_link
from src.auth.factors import password as passwords
from src.auth.factors.codes import nothing_to_offer
from src.auth.factors.known import SECOND_FACTORS
from src.database.database import in_transaction
from src.models import User
from src.passwords.waiting import Waiting
from src.sessions.second_factors import AccountId
from src.users.credentials import find_credentials
from src.web.visitor import Visitor
from tests.conftest import PASSWORD
from tests.support.factors import enrol, recovery_codes
from tests.support.live import part, replaced
from tests.support.postgres import rows
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
EMAIL = "ada@example.com"
CALLER = Visitor("192.0.2.1")


@dataclass
class SecretWord:
    """A second factor: the users who have it, and the users whose proof of it was settled."""

    name: str = "secret_word"
    method: str = "kba"
    is_substitute: bool = False
    used_at: datetime | None = None
    people: set[int] = field(default_factory=set)
    settled: list[int] = field(default_factory=list)

    def enrolled(self, user_id: AccountId) -> ColumnElement[bool]:
        is_named: ColumnElement[bool] = col(User.id).in_(self.people)
        return exists().where(col(User.id) == user_id, is_named)

    offer = nothing_to_offer

    def last_used_at(self, _db: Session, _user_id: int) -> datetime | None:
        return self.used_at

    def remove(self, _db: Session, user_id: int) -> None:
        self.people.discard(user_id)

    def proof(self) -> Proof:
        return Proof(self.name, self.method, lambda _, user: self.settled.append(user.id))


@pytest.fixture
def word(client: httpx.Client) -> Iterator[SecretWord]:  # noqa: ARG001  empties the tables
    word = SecretWord()
    with replaced("second_factors", (word,)):
        yield word


def caller() -> Caller:
    waiting = Waiting(CALLER.networks)
    parts = ("gate", "limiter", "breached", "second_factors")
    return Caller(CALLER, waiting, *map(part, parts))


def complete(*proofs: Proof) -> SignedIn | FactorRequired:
    async def run() -> SignedIn | FactorRequired:
        credentials = await in_transaction(find_credentials, EMAIL)
        assert credentials is not None
        attempt = Attempt(caller(), credentials, proofs)
        return await service.complete(attempt, keyring=part("keyring"))

    return asyncio.run(run())


def sessions(direct: psycopg2.extensions.connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT amr FROM session ORDER BY id")
        return [amr for (amr,) in cursor.fetchall()]


PASSED = Proof(passwords.NAME, passwords.METHOD)
BY_MAIL = Proof(magic_link.NAME, magic_link.METHOD)


class TestTheOrder:
    def test_the_last_used_factor_comes_first_and_recovery_codes_last(
        self, client: httpx.Client, me: dict[str, Any], direct: psycopg2.extensions.connection
    ) -> None:
        enrol(client, me)
        recovery_codes(client, me)
        ((step,),) = rows(direct, "SELECT last_step FROM authenticator_app")
        app_used_at = datetime.fromtimestamp(step * 30, UTC)
        word = SecretWord(people={me["id"]})
        with replaced("second_factors", (*SECOND_FACTORS, word)):
            for later, first in ((-30, "totp"), (30, "secret_word"), (None, "totp")):
                word.used_at = None if later is None else app_used_at + timedelta(seconds=later)
                body = {"email": EMAIL, "password": PASSWORD}
                answer = client.post("/auth/signin", json=body)
                assert_problem(answer, 403, "second_factor_required")
                names = answer.json()["factors"]
                assert (names[0], names[2]) == (first, "recovery_code")


class TestWithoutASecondFactor:
    @pytest.mark.usefixtures("word")
    def test_the_password_is_enough(self, client: httpx.Client, sign_up: SignUp) -> None:
        sign_up(EMAIL)
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post("/auth/signin", json=body).status_code == 200


class TestWithASecondFactor:
    def test_a_password_alone_is_refused_and_starts_no_session(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        word: SecretWord,
        direct: psycopg2.extensions.connection,
    ) -> None:
        word.people.add(sign_up(EMAIL)["id"])
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
        assert_problem(answer, 403, "second_factor_required")
        assert "postern-device" not in answer.headers
        assert sessions(direct) == ["pwd"]  # the session of the sign-up

    def test_a_wrong_password_does_not_reveal_the_second_factor(
        self, client: httpx.Client, sign_up: SignUp, word: SecretWord
    ) -> None:
        word.people.add(sign_up(EMAIL)["id"])
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": "wrong-password"})
        assert_problem(answer, 401, "invalid_credentials")

    def test_every_first_factor_needs_the_second_one(
        self, sign_up: SignUp, word: SecretWord
    ) -> None:
        word.people.add(sign_up(EMAIL)["id"])
        for first in (PASSED, BY_MAIL):
            outcome = complete(first)
            assert isinstance(outcome, FactorRequired)
            assert outcome.factors == ("secret_word",)
        assert word.settled == []

    def test_an_attempt_without_a_proof_is_an_error(self, sign_up: SignUp) -> None:
        sign_up(EMAIL)
        with pytest.raises(ValueError, match="without a proof"):
            complete()

    def test_a_session_names_both_proofs(
        self, sign_up: SignUp, word: SecretWord, direct: psycopg2.extensions.connection
    ) -> None:
        me = sign_up(EMAIL)
        word.people.add(me["id"])
        assert isinstance(complete(PASSED, word.proof()), SignedIn)
        assert sessions(direct) == ["pwd", "pwd kba mfa"]
        assert word.settled == [me["id"]]

    def test_failures_are_reset_only_after_all_proofs(
        self,
        sign_up: SignUp,
        word: SecretWord,
        configure: Callable[..., Any],
        direct: psycopg2.extensions.connection,
        client: httpx.Client,
    ) -> None:
        word.people.add(sign_up(EMAIL)["id"])
        configure(rate_limits=True)
        client.post("/auth/signin", json={"email": EMAIL, "password": "wrong-password"})
        client.post("/auth/signin", json={"email": EMAIL, "password": PASSWORD})
        with direct.cursor() as cursor:
            cursor.execute("SELECT failures FROM failure_streak")
            assert cursor.fetchall() == [(2,)]


class TestAChangeDuringSignIn:
    def test_the_password_is_checked_again_if_the_hash_has_changed(
        self, sign_up: SignUp, direct: psycopg2.extensions.connection
    ) -> None:
        """The hash is replaced between the check and the session; the second check counts."""
        sign_up(EMAIL)
        checked: list[str] = []

        async def run() -> SignedIn | FactorRequired:
            async def prove() -> Attempt:
                async with part("gate").turn(caller().waiting) as turn:
                    drawn = Drawn(turn, budgets=())
                    attempt = await passwords.begin(
                        PASSWORD, email=EMAIL, caller=caller(), drawn=drawn, device=None
                    )
                checked.append(str(attempt.credentials.password_hash))
                if len(checked) == 1:
                    better = await caller().hash(PASSWORD)
                    with direct.cursor() as cursor:
                        cursor.execute('UPDATE "user" SET password_hash = %s', (better,))
                return attempt

            async def use(attempt: Attempt) -> SignedIn | FactorRequired:
                return await service.complete(attempt, keyring=part("keyring"))

            return await again_if_changed(prove, use)

        assert isinstance(asyncio.run(run()), SignedIn)
        assert len(checked) == 2
        assert checked[0] != checked[1]
