"""Accounts without a password: sessions, a first password, and proofs of another kind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg2
import pytest
from sqlalchemy import select
from sqlmodel import col

from src.database.connecting import single_use_engine
from src.kit.clock import Clock
from src.models import User
from src.sessions.binding import NO_PASSWORD, binding, binding_of_user
from tests.support.scratch import Scratch
from tests.support.service import alembic
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
NEW = "a first passphrase"
EMAIL = "ada@example.com"


@pytest.fixture
def me(sign_up: SignUp, direct: Connection) -> dict[str, Any]:
    """A user who is signed in, but whose account has no password."""
    me = sign_up(EMAIL)
    with direct.cursor() as cursor:
        cursor.execute('UPDATE "user" SET password_hash = NULL')
        cursor.execute("UPDATE session SET password_fingerprint = %s", (NO_PASSWORD,))
    return me


def hashes(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute('SELECT password_hash FROM "user"')
        return [stored for (stored,) in cursor.fetchall()]


def profile(client: httpx.Client, me: dict[str, Any]) -> httpx.Response:
    return client.get("/auth/profile", headers=me["headers"])


def post(client: httpx.Client, path: str, me: dict[str, Any], **body: str) -> httpx.Response:
    return client.post(f"/auth/{path}", json=body, headers=me["headers"])


class TestSessions:
    def test_a_session_is_valid_and_can_be_refreshed(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        assert profile(client, me).status_code == 200
        body = {"refresh_token": me["refresh_token"]}
        assert client.post("/auth/refresh", json=body).status_code == 200

    @pytest.mark.parametrize("stored", ["", "x", "$2b$04$" + "x" * 53])
    def test_a_session_ends_when_a_password_appears_in_the_database(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, stored: str
    ) -> None:
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = %s', (stored,))
        assert_problem(profile(client, me), 401, "session_revoked")
        body = {"refresh_token": me["refresh_token"]}
        assert_problem(client.post("/auth/refresh", json=body), 401, "session_revoked")

    def test_a_session_is_valid_even_if_a_backslash_is_an_escape(self, scratch: Scratch) -> None:
        """With `standard_conforming_strings = off`, a backslash in a text is an escape."""
        scratch.sql(f'ALTER DATABASE "{scratch.name}" SET standard_conforming_strings = off')
        scratch.sql(
            'INSERT INTO "user" (email, email_key, created_at, updated_at) '
            "VALUES ('a@b.c', 'a@b.c', now(), now())"
        )
        with single_use_engine(scratch.endpoint.url).connect() as connection:
            assert bytes(connection.execute(select(binding_of_user())).scalar_one()) == NO_PASSWORD

    def test_a_session_ends_when_the_password_disappears(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        me = sign_up()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = NULL')
        assert_problem(profile(client, me), 401, "session_revoked")

    def test_no_stored_hash_has_the_binding_of_no_password(self) -> None:
        assert binding(None) == NO_PASSWORD
        assert len(binding("")) == 32 != len(NO_PASSWORD)


class TestADowngrade:
    def test_the_account_has_no_password_after_a_downgrade_and_an_upgrade(
        self, scratch: Scratch
    ) -> None:
        scratch.sql(
            'INSERT INTO "user" (email, email_key, created_at, updated_at) '
            "VALUES ('a@b.c', 'a@b.c', now(), now())"
        )
        alembic("downgrade", "5e0c3a91d7f4", settings=scratch.settings)
        alembic("upgrade", "head", settings=scratch.settings)
        with single_use_engine(scratch.endpoint.url).connect() as connection:
            stored = connection.execute(select(col(User.password_hash)))
            assert stored.scalars().all() == [None]


class TestSigningIn:
    @pytest.mark.parametrize("password", ["testpass123", "", "None", "null", "\x01"])
    def test_no_password_is_accepted_at_signin(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, password: str
    ) -> None:
        answer = client.post("/auth/signin", json={"email": EMAIL, "password": password})
        assert_problem(answer, 401, "invalid_credentials")
        assert hashes(direct) == [None]
        assert profile(client, me).status_code == 200

    def test_no_password_is_accepted_inside_a_session(
        self, client: httpx.Client, me: dict[str, Any]
    ) -> None:
        answer = post(client, "reauthenticate", me, password="testpass123")
        assert_problem(answer, 401, "invalid_credentials")


class TestAFirstPassword:
    def test_a_first_password_needs_no_current_password(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        answer = post(client, "password/change", me, new_password=NEW)
        assert answer.status_code == 200
        assert profile(client, me).status_code == 401
        new = {"headers": {"Authorization": f"Bearer {answer.json()['access_token']}"}}
        assert profile(client, new).status_code == 200
        signed_in = client.post("/auth/signin", json={"email": EMAIL, "password": NEW})
        assert signed_in.status_code == 200
        assert hashes(direct) != [None]

    def test_a_first_password_ends_all_sessions(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        with direct.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE copied AS SELECT * FROM session;"
                "UPDATE copied SET id = 1000; INSERT INTO session SELECT * FROM copied;"
                "DROP TABLE copied"
            )
        post(client, "password/change", me, new_password=NEW)
        with direct.cursor() as cursor:
            cursor.execute("SELECT id, ended_by FROM session ORDER BY id")
            assert cursor.fetchall() == [
                (1, "password_change"),
                (2, None),
                (1000, "password_change"),
            ]

    def test_a_first_password_needs_a_fresh_session(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, moved: Clock
    ) -> None:
        moved.advance(timedelta(minutes=10, seconds=1))
        answer = post(client, "password/change", me, new_password=NEW)
        assert_problem(answer, 403, "reauthentication_required")
        assert hashes(direct) == [None]

    def test_a_sign_in_in_the_future_is_not_fresh(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        with direct.cursor() as cursor:
            cursor.execute("UPDATE session SET authenticated_at = now() + interval '1 day'")
        answer = post(client, "password/change", me, new_password=NEW)
        assert_problem(answer, 403, "reauthentication_required")
        assert hashes(direct) == [None]

    def test_a_first_password_counts_for_the_limit_of_the_session(
        self,
        client: httpx.Client,
        me: dict[str, Any],
        direct: Connection,
        configure: Callable[..., Any],
    ) -> None:
        configure(rate_limits=True)
        assert post(client, "password/change", me, new_password=NEW).status_code == 200
        with direct.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rate_limit")
            assert cursor.fetchall() == [(3,)]  # two of the proof, and that of all changes

    def test_an_account_with_a_password_must_send_it(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        me = sign_up()
        before = hashes(direct)
        answer = post(client, "password/change", me, new_password=NEW)
        assert_problem(answer, 422, "validation_failed")
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("current_password", "missing")
        assert hashes(direct) == before


class TestDeletion:
    def test_a_fresh_session_deletes_the_account_without_a_password(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection
    ) -> None:
        assert post(client, "profile/delete", me).status_code == 204
        assert hashes(direct) == []

    def test_an_older_session_must_reauthenticate_first(
        self, client: httpx.Client, me: dict[str, Any], direct: Connection, moved: Clock
    ) -> None:
        moved.advance(timedelta(minutes=10, seconds=1))
        answer = post(client, "profile/delete", me)
        assert_problem(answer, 403, "reauthentication_required")
        assert hashes(direct) == [None]

    def test_an_account_with_a_password_must_send_it(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        assert_problem(post(client, "profile/delete", me), 422, "validation_failed")
        assert profile(client, me).status_code == 200
