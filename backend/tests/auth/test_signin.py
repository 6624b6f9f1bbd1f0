"""Signing in: every failure gets the same answer, and old hashes are replaced."""

from collections.abc import Callable
from typing import Any

import bcrypt
import httpx
import psycopg2
import pytest

from src.passwords.hashes import get_password_hash
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
EMAIL, PASSWORD = "ada@example.com", "testpass123"
NO_SALT = "$bcrypt-sha256$v=2,t=2b,r=4$" + "z" * 22 + "$" + "." * 31
BODY = {"email": EMAIL, "password": PASSWORD}


def hash_of(direct: psycopg2.extensions.connection) -> str:
    with direct.cursor() as cursor:
        cursor.execute('SELECT password_hash FROM "user"')
        [(password_hash,)] = cursor.fetchall()
        return str(password_hash)


def store(direct: psycopg2.extensions.connection, password_hash: str) -> None:
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET password_hash = %s', (password_hash,))


def counting(work: Callable[..., Any], costs: list[bytes]) -> Callable[..., Any]:
    """bcrypt itself, which also records the cost of each hash."""

    def recording(secret: bytes, salt: bytes) -> Any:
        costs.append(salt[:6])
        return work(secret, salt)

    return recording


class TestRefusal:
    def test_the_answer_is_the_same_for_every_account_and_for_no_account(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        kinds = ("verified", "unverified", "disabled", "unknown")
        for kind in kinds[:3]:
            sign_up(f"{kind}@example.com", PASSWORD)
        with direct.cursor() as cursor:
            for column, kind in (("email_verified_at", "verified"), ("disabled_at", "disabled")):
                cursor.execute(
                    f"UPDATE \"user\" SET {column} = now() WHERE email = '{kind}@example.com'"  # noqa: S608
                )
        answers = [
            client.post("/auth/signin", json={"email": f"{kind}@example.com", "password": "wrong"})
            for kind in kinds
        ]
        for answer in answers:
            assert_problem(answer, 401, "invalid_credentials")
        bodies = [answer.json() | {"request_id": ""} for answer in answers]
        assert all(body == bodies[0] for body in bodies)
        varying = ("x-request-id", "date")
        headers = [[*answer.headers.multi_items()] for answer in answers]
        compared = [[one for one in header if one[0] not in varying] for header in headers]
        assert all(one == compared[0] for one in compared)

    @pytest.mark.parametrize(
        "stored",
        [
            None,
            "!",
            get_password_hash(PASSWORD, 6),
            get_password_hash(PASSWORD, 4),
            bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(6)).decode(),
            bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
        ],
        ids=["no account", "unknown form", "current", "lower cost", "plain", "plain, lower cost"],
    )
    def test_a_wrong_password_always_costs_as_much_as_one_hash(
        self,
        client: httpx.Client,
        direct: psycopg2.extensions.connection,
        sign_up: SignUp,
        configure: Callable[..., Any],
        monkeypatch: pytest.MonkeyPatch,
        stored: str | None,
    ) -> None:
        configure(bcrypt_rounds=6)
        if stored:
            sign_up(EMAIL, PASSWORD)
            store(direct, stored)
        costs: list[bytes] = []
        for name in ("hashpw", "checkpw"):
            monkeypatch.setattr(bcrypt, name, counting(getattr(bcrypt, name), costs))
        for password in ("wrong", "wrong" * 30, "wr\u00f6ng" * 30):  # also beyond bcrypt's 72 bytes
            body = {"email": EMAIL, "password": password}
            assert_problem(client.post("/auth/signin", json=body), 401, "invalid_credentials")
        assert sum(2 ** int(cost[4:]) for cost in costs) == 3 * 2**6

    def test_the_hash_is_not_accepted_as_a_password(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        body = {"email": EMAIL, "password": hash_of(direct)}
        assert_problem(client.post("/auth/signin", json=body), 401, "invalid_credentials")

    @pytest.mark.parametrize(
        "broken", ["", "x", "$2b$99$" + "a" * 53, "$bcrypt-sha256$v=2,t=2b,r=3$", NO_SALT]
    )
    def test_no_password_matches_a_broken_hash(
        self,
        client: httpx.Client,
        direct: psycopg2.extensions.connection,
        sign_up: SignUp,
        broken: str,
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        store(direct, broken)
        assert_problem(client.post("/auth/signin", json=BODY), 401, "invalid_credentials")
        assert hash_of(direct) == broken


class TestUpgrade:
    @pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
    def test_a_plain_hash_is_replaced_at_signin(
        self,
        client: httpx.Client,
        direct: psycopg2.extensions.connection,
        sign_up: SignUp,
        prefix: str,
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        plain = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        store(direct, plain.replace("$2b$", prefix, 1))
        assert client.post("/auth/signin", json=BODY).status_code == 200
        assert hash_of(direct).startswith("$bcrypt-sha256$v=2,t=2b,r=4$")
        assert client.post("/auth/signin", json=BODY).status_code == 200

    def test_a_hash_of_another_cost_is_replaced_at_signin(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        store(direct, get_password_hash(PASSWORD, 6))
        assert client.post("/auth/signin", json=BODY).status_code == 200
        assert "r=4$" in hash_of(direct)

    def test_a_wrong_password_does_not_replace_the_hash(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        old = get_password_hash(PASSWORD, 6)
        store(direct, old)
        assert client.post("/auth/signin", json={**BODY, "password": "wrong"}).status_code == 401
        assert hash_of(direct) == old

    def test_a_current_hash_is_kept(
        self, client: httpx.Client, direct: psycopg2.extensions.connection, sign_up: SignUp
    ) -> None:
        sign_up(EMAIL, PASSWORD)
        before = hash_of(direct)
        client.post("/auth/signin", json=BODY)
        assert hash_of(direct) == before
