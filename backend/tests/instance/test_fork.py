"""A fork makes a copy another instance: tokens of the original are refused there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg2
import pytest

from src.database.origin import direct_endpoint
from src.instance.by_itself import fork_by_itself
from src.instance.steps import Forked, fork
from src.schema import copies
from src.schema.copies import writing_to
from src.schema.place import Place
from src.sessions import refresh_tokens
from src.settings import get_settings
from tests.support.commands import postern
from tests.web.test_problems import assert_problem

Connection = psycopg2.extensions.connection
SignUp = Callable[..., dict[str, Any]]
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(direct: Connection) -> Ask:
    """The rows of a statement, as an operator sees them."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with direct.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return ask


def instance_id() -> UUID:
    standing = copies.look(direct_endpoint())
    assert standing is not None
    return standing.instance_id


def fork_now(of: UUID | None = None) -> Forked | None:
    with writing_to(direct_endpoint()) as connection:
        return fork(connection, of or instance_id())


def fork_in_another_process() -> None:
    done = postern("instance", "fork", "--yes")
    assert done.returncode == 0, done.stderr


def refresh(client: httpx.Client, tokens: dict[str, Any]) -> httpx.Response:
    return client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})


def profile(client: httpx.Client, tokens: dict[str, Any]) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return client.get("/auth/profile", headers=bearer)


def sign_in(client: httpx.Client) -> dict[str, Any]:
    body = {"email": "ada@example.com", "password": "testpass123"}
    tokens: dict[str, Any] = client.post("/auth/signin", json=body).json()
    return tokens


def kid_of(tokens: dict[str, Any]) -> str:
    kid: str = jwt.get_unverified_header(tokens["access_token"])["kid"]
    return kid


class TestAFork:
    def test_a_fork_changes_the_id_removes_the_keys_and_ends_the_sessions(
        self, sign_up: SignUp, ask: Ask
    ) -> None:
        sign_up()
        sign_up("bob@example.com")
        ask("UPDATE instance SET database_oid = NULL")
        before = instance_id()
        forked = fork_now()
        assert forked is not None
        assert (forked.sessions, forked.signing_keys) == (2, 1)
        assert forked.instance_id == instance_id() != before
        assert forked.instance_id.version == 4
        assert (
            ask("SELECT ended_by, ended_at <= now() FROM session")
            == [("database_forked", True)] * 2
        )
        assert ask("SELECT count(*) FROM signing_key") == [(0,)]
        assert ask("SELECT forked_at IS NOT NULL FROM instance") == [(True,)]
        standing = copies.look(direct_endpoint())
        assert standing is not None
        assert standing.recorded == standing.seen

    def test_a_fork_keeps_users_and_the_record_of_ended_sessions(
        self, client: httpx.Client, sign_up: SignUp, ask: Ask
    ) -> None:
        me = sign_up()
        assert client.post("/auth/signout", headers=me["headers"]).status_code == 204
        forked = fork_now()
        assert forked is not None
        assert forked.sessions == 0
        assert ask("SELECT ended_by FROM session") == [("sign_out",)]
        assert profile(client, sign_in(client)).status_code == 200

    def test_a_fork_of_another_instance_changes_nothing(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me, before = sign_up(), instance_id()
        assert fork_now(uuid4()) is None
        assert instance_id() == before
        assert profile(client, me).status_code == 200

    def test_of_many_forks_at_the_same_time_one_succeeds(self, sign_up: SignUp) -> None:
        sign_up()
        before = instance_id()
        with ThreadPoolExecutor(6) as pool:
            forks = list(pool.map(fork_now, [before] * 6))
        (done,) = [forked for forked in forks if forked is not None]
        assert done.instance_id == instance_id()
        assert done.sessions == 1


class TestARunningService:
    def test_old_tokens_are_refused_at_once_after_a_fork(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        me = sign_up()
        assert profile(client, me).status_code == 200
        fork_in_another_process()
        assert_problem(profile(client, me), 401, "session_revoked")
        assert_problem(refresh(client, me), 401, "session_revoked")

    def test_a_new_key_signs_at_once_after_a_fork(
        self, client: httpx.Client, sign_up: SignUp
    ) -> None:
        """The original still has the old key, and would accept tokens that it signed."""
        me = sign_up()
        fork_in_another_process()
        again = sign_in(client)
        assert kid_of(again) != kid_of(me)
        assert profile(client, again).status_code == 200
        keys = client.get("/.well-known/jwks.json").json()["keys"]
        assert [key["kid"] for key in keys] == [kid_of(again)]
        assert kid_of(refresh(client, again).json()) == kid_of(again)

    def test_a_session_that_began_during_the_fork_is_refused(
        self, client: httpx.Client, sign_up: SignUp, ask: Ask
    ) -> None:
        me = sign_up()
        fork_in_another_process()
        ask("UPDATE session SET ended_at = NULL, ended_by = NULL, idle_expires_at = expires_at")
        assert_problem(profile(client, me), 401, "session_revoked")
        assert_problem(refresh(client, me), 401, "session_revoked")
        change = client.patch("/auth/profile", json={"name": "Eve"}, headers=me["headers"])
        assert_problem(change, 401, "session_revoked")
        assert ask("SELECT generation, ended_at FROM session") == [(1, None)]
        assert ask('SELECT name FROM "user"') == [(None,)]


class TestARefreshToken:
    def derived(self, ask: Ask, generation: int, instance: UUID | None) -> dict[str, Any]:
        """A refresh token as this release, or an earlier one, makes it."""
        ((session, began_at),) = ask("SELECT id, created_at FROM session")
        presented = refresh_tokens.Presented(session, began_at, generation, instance)
        return {"refresh_token": refresh_tokens.derive(get_settings().secret_keys[0], presented)}

    def test_a_refresh_token_is_bound_to_the_instance(self, sign_up: SignUp) -> None:
        me = sign_up()
        read = refresh_tokens.read(get_settings().secret_keys, me["refresh_token"])
        assert read.instance == instance_id()

    @pytest.mark.parametrize("generation", [1, 2, 3, 4])
    def test_a_token_of_another_instance_is_refused_and_ends_no_session(
        self, client: httpx.Client, sign_up: SignUp, ask: Ask, generation: int
    ) -> None:
        pair = refresh(client, refresh(client, sign_up()).json()).json()
        before = ask("SELECT * FROM session")
        foreign = self.derived(ask, generation, uuid4())
        assert_problem(refresh(client, foreign), 401, "session_revoked")
        assert ask("SELECT * FROM session") == before
        assert refresh(client, pair).status_code == 200

    def test_a_token_of_an_earlier_release_is_accepted_until_it_rotates(
        self, client: httpx.Client, sign_up: SignUp, ask: Ask
    ) -> None:
        sign_up()
        old = self.derived(ask, 1, None)
        assert len(old["refresh_token"]) == 76
        pair = refresh(client, old).json()
        assert len(pair["refresh_token"]) == 100
        assert refresh(client, old).json()["refresh_token"] == pair["refresh_token"]
        assert profile(client, refresh(client, pair).json()).status_code == 200
        assert_problem(refresh(client, old), 401, "refresh_token_reused")

    def test_a_token_of_an_earlier_release_is_refused_after_a_fork(
        self, client: httpx.Client, sign_up: SignUp, ask: Ask
    ) -> None:
        sign_up()
        ask("UPDATE instance SET forked_at = now()")
        assert_problem(refresh(client, self.derived(ask, 1, None)), 401, "session_revoked")
        assert ask("SELECT generation, ended_at FROM session") == [(1, None)]


class TestForkingAutomatically:
    def test_an_instance_that_an_operator_has_kept_is_not_forked(self) -> None:
        before = copies.look(direct_endpoint())
        assert before is not None
        fork_by_itself(replace(before, recorded=Place(database_oid=1)))
        assert copies.look(direct_endpoint()) == before
