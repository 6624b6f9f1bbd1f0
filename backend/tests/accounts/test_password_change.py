"""Changing a password and deleting an account: both need the current password."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import psycopg2
import pytest

from src.settings import Environment
from tests.support.asking import until_served
from tests.web.test_metrics import value
from tests.web.test_problems import assert_problem

SignUp = Callable[..., dict[str, Any]]
Connection = psycopg2.extensions.connection
OLD, NEW = "testpass123", "three new words"
EMAIL = "ada@example.com"


def sign_in(client: httpx.Client, password: str, email: str = EMAIL) -> httpx.Response:
    return client.post("/auth/signin", json={"email": email, "password": password})


def change(
    client: httpx.Client, me: dict[str, Any], current: str = OLD, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return client.post("/auth/password/change", headers=me["headers"], json=body)


def is_alive(client: httpx.Client, access_token: str) -> bool:
    bearer = {"Authorization": f"Bearer {access_token}"}
    return client.get("/auth/profile", headers=bearer).status_code == 200


@pytest.fixture
def stored(direct: Connection) -> Callable[[], tuple[Any, ...]]:
    """Everything that a refused change must not alter."""

    def stored() -> tuple[Any, ...]:
        with direct.cursor() as cursor:
            cursor.execute(
                'SELECT password_hash, "user".updated_at, session.id, ended_at '
                'FROM "user" JOIN session ON user_id = "user".id ORDER BY session.id'
            )
            return tuple(cursor.fetchall())

    return stored


class TestChanging:
    def test_a_change_replaces_the_password_and_ends_every_session(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        me, other = sign_up(), sign_in(client, OLD).json()
        answer = change(client, me)
        assert answer.status_code == 200
        for tokens in (me, other):
            assert not is_alive(client, tokens["access_token"])
            again = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
            assert_problem(again, 401, "session_revoked")
        assert_problem(sign_in(client, OLD), 401, "invalid_credentials")
        with direct.cursor() as cursor:
            cursor.execute("SELECT ended_by FROM session ORDER BY id")
            assert cursor.fetchall() == [("password_change",), ("password_change",), (None,)]
        assert sign_in(client, NEW).status_code == 200

    def test_the_answer_has_the_tokens_of_a_new_session(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        answer = change(client, sign_up())
        tokens = answer.json()
        assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert answer.headers["postern-device"]
        assert is_alive(client, tokens["access_token"])
        body = {"refresh_token": tokens["refresh_token"]}
        refreshed = client.post("/auth/refresh", json=body).json()
        assert is_alive(client, refreshed["access_token"])

    def test_a_stolen_refresh_token_is_worthless_after_the_change(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        stolen = {"refresh_token": me["refresh_token"]}
        new = change(client, me).json()
        assert_problem(client.post("/auth/refresh", json=stolen), 401, "session_revoked")
        assert is_alive(client, new["access_token"])  # its use ends the old session only

    def test_a_change_does_not_affect_other_users(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        eve, me = sign_up("eve@example.com"), sign_up()
        assert change(client, me).status_code == 200
        assert is_alive(client, eve["access_token"])

    @pytest.mark.parametrize("current", ["", "wrong", "testpass123 ", "Testpass123", NEW + "!"])
    def test_a_wrong_current_password_is_refused(
        self,
        client: httpx.Client,
        sign_up: SignUp,
        stored: Callable[[], object],
        current: str,
    ) -> None:
        me, before = sign_up(), stored()
        answer = change(client, me, current)
        assert_problem(answer, 401, "invalid_credentials")
        challenge = 'Bearer error="insufficient_user_authentication"'
        assert answer.headers["www-authenticate"] == challenge
        assert stored() == before
        assert is_alive(client, me["access_token"])

    @pytest.mark.parametrize("same", [OLD, "\N{FULLWIDTH LATIN SMALL LETTER T}estpass123"])
    def test_the_same_password_is_refused(
        self, client: httpx.Client, sign_up: SignUp, stored: Callable[[], object], same: str
    ) -> None:
        me, before = sign_up(), stored()
        answer = change(client, me, new=same)
        assert_problem(answer, 422, "validation_failed")
        assert answer.json()["errors"][0]["code"] == "password_unchanged"
        assert stored() == before

    @pytest.mark.parametrize("common", ["password1", "PASSWORD1", "ｐａｓｓｗｏｒｄ１"])
    def test_a_common_password_is_refused_with_the_reason(
        self, client: httpx.Client, sign_up: SignUp, stored: Callable[[], object], common: str
    ) -> None:
        me, before = sign_up(), stored()
        answer = change(client, me, new=common)
        assert_problem(answer, 422, "password_too_common")
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("new_password", "password_too_common")
        assert stored() == before

    def test_a_short_password_is_refused(self, client: httpx.Client, sign_up: SignUp) -> None:
        answer = change(client, sign_up(), new="short")
        assert_problem(answer, 422, "validation_failed")
        assert answer.json()["errors"][0]["field"] == "new_password"

    def test_a_change_needs_a_session(self, client: httpx.Client) -> None:
        body = {"current_password": OLD, "new_password": NEW}
        assert_problem(client.post("/auth/password/change", json=body), 401, "token_missing")

    def test_only_one_of_many_parallel_changes_succeeds(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        words = [f"new words no. {number}" for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            changes = [partial(change, client, me, new=new) for new in words]
            answers = list(pool.map(until_served, changes))
        assert sorted(answer.status_code for answer in answers) == [200, *[401] * 7]
        good = [new for new in words if sign_in(client, new).status_code == 200]
        assert [answers[words.index(new)].status_code for new in good] == [200]


class TestDeleting:
    def test_a_deletion_removes_the_account_and_its_sessions(
        self, client: httpx.Client, sign_up: SignUp, direct: Connection
    ) -> None:
        eve, me, other = sign_up("eve@example.com"), sign_up(), sign_in(client, OLD).json()
        body = {"password": OLD}
        answer = client.post("/auth/profile/delete", headers=me["headers"], json=body)
        assert (answer.status_code, answer.content) == (204, b"")
        for tokens in (me, other):
            assert not is_alive(client, tokens["access_token"])
            again = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
            assert_problem(again, 401, "session_revoked")
        assert_problem(sign_in(client, OLD), 401, "invalid_credentials")
        assert is_alive(client, eve["access_token"])
        with direct.cursor() as cursor:
            cursor.execute("SELECT user_id FROM session")
            assert cursor.fetchall() == [(eve["id"],)]
        assert sign_up()["id"] != me["id"]

    def test_a_wrong_password_is_refused(
        self, client: httpx.Client, sign_up: SignUp, stored: Callable[[], object]
    ) -> None:
        me, before = sign_up(), stored()
        body = {"password": "wrong"}
        answer = client.post("/auth/profile/delete", headers=me["headers"], json=body)
        assert_problem(answer, 401, "invalid_credentials")
        assert stored() == before

    def test_a_body_cannot_name_another_account(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        sign_up("eve@example.com")
        me = sign_up()
        body = {"password": OLD, "id": 1}
        answer = client.post("/auth/profile/delete", headers=me["headers"], json=body)
        assert_problem(answer, 422, "validation_failed")

    def test_a_deletion_needs_a_session(self, client: httpx.Client) -> None:
        answer = client.post("/auth/profile/delete", json={"password": OLD})
        assert_problem(answer, 401, "token_missing")


class TestCommonPasswords:
    def test_a_common_password_is_refused_at_signup_with_the_reason(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        body = {"email": EMAIL, "password": "Password1"}
        answer = client.post("/auth/signup", json=body)
        assert_problem(answer, 422, "password_too_common")
        assert answer.json()["errors"][0]["field"] == "password"
        assert "assword1" not in answer.text
        with direct.cursor() as cursor:
            cursor.execute('SELECT count(*) FROM "user"')
            assert cursor.fetchall() == [(0,)]

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("987654321", "This is a common password."),
            ("88888888", "This repeats the same characters."),
            ("chocolate", "This is a common word or name."),
            ("Mary Godwin", "This is your address, your name or the name of this service."),
            ("1g2w3e4r", "This is in lists of leaked passwords."),
        ],
    )
    def test_are_refused_with_the_reason_and_nothing_is_hashed_or_stored(
        self, client: httpx.Client, direct: Connection, password: str, reason: str
    ) -> None:
        hashed = value(client, "postern_hash_seconds_count")
        body = {"email": EMAIL, "password": password, "name": "Mary Wollstonecraft Godwin"}
        answer = client.post("/auth/signup", json=body)
        assert_problem(answer, 422, "password_too_common")
        (error,) = answer.json()["errors"]
        assert error["message"] == f"{reason} Use a few unrelated words."
        assert password not in answer.text
        with direct.cursor() as cursor:
            cursor.execute('SELECT count(*) FROM "user"')
            assert cursor.fetchall() == [(0,)]
        assert value(client, "postern_hash_seconds_count") == hashed

    def test_are_refused_at_a_change_if_they_are_ones_own_name(
        self, client: httpx.Client, sign_up: SignUp, stored: Callable[[], object]
    ) -> None:
        me = sign_up()
        name = {"name": "Wollstonecraft"}
        client.patch("/auth/profile", json=name, headers=me["headers"])
        before = stored()
        assert_problem(change(client, me, new="wollstonecraft1"), 422, "password_too_common")
        assert stored() == before

    def test_the_password_of_the_first_steps_is_refused_in_production(
        self, client: httpx.Client, configure: Callable[..., Any]
    ) -> None:
        body = {"email": EMAIL, "password": OLD}
        configure(environment=Environment.PRODUCTION)
        assert_problem(client.post("/auth/signup", json=body), 422, "password_too_common")
        configure(environment=Environment.DEVELOPMENT)
        assert client.post("/auth/signup", json=body).status_code == 201

    @pytest.mark.parametrize(
        "password",
        [
            "ada.lovelace@analytical.example",
            "ADA.LOVELACE@Analytical.Example",
            "ada.lovelace",
            "analytical.example",
            "analytical",
            "\uff21\uff24\uff21.lovelace",  # full width
            "accounts.web.test",
            "accounts",
            "Northernlights Lantern & Sons",
            "northernlightslantern&sons",
            "NORTHERNLIGHTS",
        ],
    )
    def test_the_users_address_and_the_services_name_are_common(
        self,
        client: httpx.Client,
        configure: Callable[..., Any],
        password: str,
    ) -> None:
        configure(web_url="http://accounts.web.test:3000", app_name="Northernlights Lantern & Sons")
        email = "Ada.Lovelace@analytical.example"
        body = {"email": email, "password": password}
        assert_problem(client.post("/auth/signup", json=body), 422, "password_too_common")
        assert client.post("/auth/signup", json={**body, "password": OLD}).status_code == 201
        token = sign_in(client, OLD, email).json()["access_token"]
        change = {"current_password": OLD, "new_password": password}
        header = {"Authorization": f"Bearer {token}"}
        refused = client.post("/auth/password/change", json=change, headers=header)
        assert_problem(refused, 422, "password_too_common")
        assert refused.json()["errors"][0]["field"] == "new_password"
        assert sign_in(client, OLD, email).status_code == 200

    def test_the_address_of_another_user_is_allowed(self, client: httpx.Client) -> None:
        body = {"email": "eve@example.com", "password": "ada.lovelace"}
        assert client.post("/auth/signup", json=body).status_code == 201

    def test_a_common_password_that_was_set_before_still_signs_in(
        self, client: httpx.Client, direct: Connection
    ) -> None:
        import bcrypt

        client.post("/auth/signup", json={"email": EMAIL, "password": OLD})
        old = bcrypt.hashpw(b"password1", bcrypt.gensalt(4)).decode()
        with direct.cursor() as cursor:
            cursor.execute('UPDATE "user" SET password_hash = %s', (old,))
        assert sign_in(client, "password1").status_code == 200
