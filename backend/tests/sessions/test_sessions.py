"""The list of a user's sessions, and what ends a session."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.kit.clock import Clock, now
from tests.support.asking import until_served
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Rows = Callable[[], list[dict[str, Any]]]
Configure = Callable[..., None]
Connection = psycopg2.extensions.connection
BODY = {"email": "ada@example.com", "password": "testpass123"}


def sign_in(client: httpx.Client, **headers: str | bytes) -> dict[str, Any]:
    raw = [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]
    answer = until_served(partial(client.post, "/auth/signin", json=BODY, headers=raw))
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return {**tokens, "headers": {"Authorization": f"Bearer {tokens['access_token']}"}}


def listed(client: httpx.Client, tokens: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get("/auth/sessions", headers=tokens["headers"])
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()
    return entries


def is_alive(client: httpx.Client, tokens: dict[str, Any]) -> bool:
    answer = client.get("/auth/profile", headers=tokens["headers"])
    if answer.status_code == 200:
        return True
    assert_problem(answer, 401, "session_revoked")
    body = {"refresh_token": tokens["refresh_token"]}
    assert_problem(client.post("/auth/refresh", json=body), 401, "session_revoked")
    return False


class TestTheList:
    def test_the_list_shows_each_device_and_marks_the_current_one(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        began, first = now(), sign_up()
        moved.advance(timedelta(minutes=5))
        second = sign_in(client, **{"User-Agent": "Firefox\x09 on Linux"})
        entries = listed(client, second)
        assert [entry["current"] for entry in entries] == [True, False]
        assert entries[0]["user_agent"] == "Firefox on Linux"
        assert entries[0]["ip"] == "127.0.0.1"
        assert set(entries[0]) == {
            *("id", "created_at", "last_used_at", "expires_at", "ip", "user_agent", "current")
        }
        assert entries[1]["created_at"] == began.isoformat().replace("+00:00", "Z")
        moved.advance(timedelta(minutes=5))
        assert [entry["id"] for entry in listed(client, first)] == [1, 2]  # the last used first

    def test_the_list_has_no_ended_sessions_and_none_of_other_users(
        self, client: httpx.Client, sign_up: SignUp, moved: Clock
    ) -> None:
        sign_up("eve@example.com")
        sign_up()
        moved.advance(timedelta(days=10))
        later = sign_in(client)
        assert len(listed(client, later)) == 2
        moved.advance(timedelta(days=5))
        body = {"refresh_token": later["refresh_token"]}
        pair = client.post("/auth/refresh", json=body).json()
        later = {"headers": {"Authorization": f"Bearer {pair['access_token']}"}}
        assert len(listed(client, later)) == 1

    def test_a_long_or_unprintable_user_agent_is_accepted(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        sign_up()
        agent = "é\x80\x85<script>".encode("latin-1") * 200
        entries = listed(client, sign_in(client, **{"User-Agent": agent}))
        assert len(entries[0]["user_agent"]) == 400
        assert listed(client, sign_in(client, **{"User-Agent": ""}))[0]["user_agent"] is None


class TestSigningOut:
    def test_a_sign_out_ends_only_this_session_and_at_once(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me, other = sign_up(), sign_in(client)
        answer = client.post("/auth/signout", headers=me["headers"])
        assert (answer.status_code, answer.content) == (204, b"")
        assert not is_alive(client, me)
        assert is_alive(client, other)
        assert [row["ended_by"] for row in rows()] == ["sign_out", None]

    def test_a_second_sign_out_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        me = sign_up()
        client.post("/auth/signout", headers=me["headers"])
        again = client.post("/auth/signout", headers=me["headers"])
        assert_problem(again, 401, "session_revoked")
        assert again.headers["www-authenticate"] == 'Bearer error="invalid_token"'


class TestEnding:
    def test_a_session_on_another_device_can_be_ended(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me, other = sign_up(), sign_in(client)
        answer = client.delete("/auth/sessions/2", headers=me["headers"])
        assert answer.status_code == 204
        assert is_alive(client, me)
        assert not is_alive(client, other)
        assert [row["ended_by"] for row in rows()] == [None, "other_device"]
        again = client.delete("/auth/sessions/2", headers=me["headers"])
        assert_problem(again, 404, "not_found")

    def test_ending_the_current_session_is_a_sign_out(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        me = sign_up()
        assert client.delete("/auth/sessions/1", headers=me["headers"]).status_code == 204
        assert rows()[0]["ended_by"] == "sign_out"

    def test_all_other_sessions_can_be_ended(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        eve = sign_up("eve@example.com")
        me, others = sign_up(), [sign_in(client), sign_in(client)]
        assert client.delete("/auth/sessions", headers=me["headers"]).status_code == 204
        assert is_alive(client, me)
        assert is_alive(client, eve)
        assert not any(is_alive(client, other) for other in others)
        assert [row["ended_by"] for row in rows()] == [None, None, *["other_device"] * 2]

    def test_the_session_of_another_user_is_not_found(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows
    ) -> None:
        sign_up("eve@example.com")
        me = sign_up()
        foreign = client.delete("/auth/sessions/1", headers=me["headers"])
        nothing = client.delete("/auth/sessions/99", headers=me["headers"])
        assert_problem(foreign, 404, "not_found")
        assert foreign.json() | {"request_id": ""} == nothing.json() | {"request_id": ""}
        assert [row["ended_by"] for row in rows()] == [None, None]

    @pytest.mark.parametrize("id", ["0", "-1", "x", "9" * 19, "9" * 400, "%00", "1;2"])
    def test_an_invalid_id_is_refused(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        id: str,  # noqa: A002  the contract's name
    ) -> None:
        answer = client.delete(f"/auth/sessions/{id}", headers=sign_up()["headers"])
        assert_problem(answer, 422, "validation_failed")


class TestWhatEndsASession:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE \"user\" SET password_hash = '$2b$04$' || repeat('x', 53)",
            "UPDATE \"user\" SET password_hash = '\\ no hash at all'",
            'UPDATE "user" SET disabled_at = now()',
            'DELETE FROM "user"',
            "DELETE FROM session",
            "UPDATE session SET ended_at = now()",
            "UPDATE session SET idle_expires_at = now() - interval '1 minute'",
        ],
    )
    def test_a_change_in_the_database_ends_a_session_at_once(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, statement: str
    ) -> None:
        me = sign_up()
        assert is_alive(client, me)
        with direct.cursor() as cursor:
            cursor.execute(statement)
        assert not is_alive(client, me)
        for answer in (
            client.patch("/auth/profile", headers=me["headers"], json={"name": "Ada"}),
            client.get("/auth/sessions", headers=me["headers"]),
            client.delete("/auth/sessions", headers=me["headers"]),
            client.delete("/auth/sessions/1", headers=me["headers"]),
            client.post("/auth/signout", headers=me["headers"]),
            client.post(
                "/auth/password/change",
                headers=me["headers"],
                json={"current_password": "testpass123", "new_password": "three new words"},
            ),
            client.post(
                "/auth/profile/delete", headers=me["headers"], json={"password": "testpass123"}
            ),
        ):
            assert_problem(answer, 401, "session_revoked")

    def test_a_new_hash_of_the_same_password_ends_no_session(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp
    ) -> None:
        import bcrypt

        sign_up()
        plain = bcrypt.hashpw(b"testpass123", bcrypt.gensalt(4)).decode()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = %s', (plain,))
            cursor.execute("SELECT sha256(convert_to(%s, 'UTF8'))", (plain,))
            ((mark,),) = cursor.fetchall()
            cursor.execute("UPDATE session SET password_fingerprint = %s", (mark,))
        first = sign_in(client)
        second = sign_in(client)
        assert is_alive(client, first)
        assert is_alive(client, second)
        assert len(listed(client, second)) == 3

    def test_sign_ins_during_a_rehash_all_stay_valid(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp
    ) -> None:
        import bcrypt

        sign_up()
        plain = bcrypt.hashpw(b"testpass123", bcrypt.gensalt(4)).decode()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = %s', (plain,))
        with ThreadPoolExecutor(8) as pool:
            people = list(pool.map(lambda _: sign_in(client), range(16)))
        assert all(is_alive(client, tokens) for tokens in people)


class TestTheLimit:
    def test_the_oldest_session_ends_if_there_are_too_many(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, configure: Configure
    ) -> None:
        configure(sessions_per_user=3)
        people = [sign_up(), *(sign_in(client) for _ in range(4))]
        assert [is_alive(client, tokens) for tokens in people] == [False, False, True, True, True]
        assert [row["ended_by"] for row in rows()[:2]] == ["too_many_sessions"] * 2

    def test_the_limit_holds_for_fifty_sign_ins_at_once(
        self, client: httpx.Client, sign_up: SignUp, rows: Rows, configure: Configure
    ) -> None:
        configure(sessions_per_user=5)
        sign_up("eve@example.com")
        sign_up()
        with ThreadPoolExecutor(50) as pool:
            list(pool.map(lambda _: sign_in(client), range(50)))
        alive = [row for row in rows() if row["ended_at"] is None]
        assert [row["user_id"] for row in alive] == [1, 2, 2, 2, 2, 2]
        assert [row["id"] for row in alive[1:]] == [48, 49, 50, 51, 52]


class TestADisabledAccount:
    def test_only_the_right_password_shows_that_an_account_is_disabled(
        self, client: httpx.Client, direct: Connection, sign_up: SignUp, rows: Rows
    ) -> None:
        sign_up()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET disabled_at = now()')
        assert_problem(client.post("/auth/signin", json=BODY), 403, "account_disabled")
        wrong = client.post("/auth/signin", json=BODY | {"password": "wrong"})
        assert_problem(wrong, 401, "invalid_credentials")
        assert len(rows()) == 1
