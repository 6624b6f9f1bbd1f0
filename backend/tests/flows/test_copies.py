"""A database and its copy, each with a service: which tokens are accepted, and when it forks."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import URL, make_url

from src.database.endpoints import DRIVER
from src.database.origin import Endpoint
from src.schema import copies
from src.sessions import refresh_tokens
from tests.support import databases
from tests.support.commands import postern
from tests.support.environment import SETTINGS
from tests.support.forwarding import forwarded
from tests.support.own_postgres import USER, OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.service import Service, alembic, service
from tests.web.test_problems import assert_problem

PERSON = {"email": "ada@example.com", "password": "wander-lantern-42"}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "BCRYPT_ROUNDS": "10",
    "API_URL": "https://api.test",
}
BEFORE = "c7b55df7b88f"
"""The last revision that records no place."""
COPIED = f"CREATE DATABASE copy TEMPLATE service OWNER {USER}"
HOME = "SELECT id FROM instance"
Tokens = dict[str, Any]


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    server = ready_made(migrated=True)
    yield server
    server.close()


def sign_up(running: Service) -> Tokens:
    assert running.client.post("/auth/signup", json=PERSON).status_code == 201
    return sign_in(running)


def sign_in(running: Service) -> Tokens:
    tokens: Tokens = running.client.post("/auth/signin", json=PERSON).json()
    return tokens


def refresh(running: Service, tokens: Tokens) -> httpx.Response:
    body = {"refresh_token": tokens["refresh_token"]}
    return running.client.post("/auth/refresh", json=body)


def profile(running: Service, tokens: Tokens) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return running.client.get("/auth/profile", headers=bearer)


def ready(running: Service) -> dict[str, Any]:
    running.wait_ready()
    body: dict[str, Any] = running.readiness().json()
    assert body["status"] == "ready"
    return body


def is_decided(running: Service) -> bool:
    body = running.readiness().json()
    return body["status"] == "ready" and body["notice"] is None


def with_a_session(tmp_path: Path, postgres: OwnPostgres, **settings: str) -> Tokens:
    """The tokens of a user who signed in to `service` before it was copied."""
    with service(tmp_path, {"DATABASE_URL": postgres.text(), **settings}, name="first") as running:
        running.wait_ready()
        return sign_up(running)


class TestACopyInProduction:
    def test_a_copy_serves_with_a_notice_until_an_operator_keeps_it(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        me = with_a_session(tmp_path, postgres, **PRODUCTION)
        postgres.sql(COPIED)
        url = postgres.text("copy")
        with service(tmp_path, {"DATABASE_URL": url, **PRODUCTION}) as moved:
            assert ready(moved)["notice"] == "database_is_a_copy"
            assert moved.log.count("database_is_a_copy") == 1
            assert profile(moved, me).status_code == 200
            kept = postern("instance", "keep", settings={"DATABASE_URL": url})
            assert kept.returncode == 0, kept.stderr
            moved.wait(lambda: is_decided(moved))
            assert refresh(moved, me).status_code == 200
        assert postgres.sql("SELECT ended_at FROM session", "copy") == [(None,)]

    def test_tokens_of_the_original_are_accepted_only_until_the_fork(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        me = with_a_session(tmp_path, postgres, **PRODUCTION)
        postgres.sql(COPIED)
        settings = {"DATABASE_URL": postgres.text("copy"), **PRODUCTION}
        with ExitStack() as stack:
            original = stack.enter_context(
                service(tmp_path, settings | {"DATABASE_URL": postgres.text()}, name="original")
            )
            copy = stack.enter_context(service(tmp_path, settings, name="copy"))
            assert ready(original)["notice"] is None
            assert ready(copy)["notice"] == "database_is_a_copy"
            # As long as nobody has decided, a session that rotates in the copy is ahead.
            ahead = refresh(copy, refresh(copy, me).json()).json()
            assert profile(copy, ahead).status_code == 200
            latest = refresh(original, ahead).json()
            assert profile(original, latest).status_code == 200

            forked = postern(
                *("instance", "fork", "--yes"), settings={"DATABASE_URL": postgres.text("copy")}
            )
            assert forked.returncode == 0, forked.stderr
            for tokens in (me, ahead, latest):
                assert_problem(refresh(copy, tokens), 401, "session_revoked")
                assert_problem(profile(copy, tokens), 401, "session_revoked")
            own = sign_in(copy)
            assert profile(copy, own).status_code == 200
            assert_problem(profile(original, own), 401, "token_invalid")
            assert_problem(refresh(original, own), 401, "session_revoked")
            assert profile(original, refresh(original, latest).json()).status_code == 200
            copy.wait(lambda: is_decided(copy))
        assert postgres.sql("SELECT ended_at FROM session", "service") == [(None,)]
        assert postgres.sql("SELECT ended_by FROM session WHERE ended_at IS NOT NULL", "copy") == [
            ("database_forked",)
        ]


class TestADevelopersCopy:
    @pytest.mark.parametrize("environment", ["development", "test"])
    def test_a_developers_copy_is_forked_automatically_and_logged(
        self, tmp_path: Path, postgres: OwnPostgres, environment: str
    ) -> None:
        me = with_a_session(tmp_path, postgres)
        postgres.sql(COPIED)
        settings = {"DATABASE_URL": postgres.text("copy"), "ENVIRONMENT": environment}
        with service(tmp_path, settings) as running:
            body = ready(running)
            assert body["notice"] is None
            assert "is a copy on this machine" in running.log
            assert "1 sessions were ended" in running.log
            assert postgres.sql(HOME, "copy") != postgres.sql(HOME, "service")
            assert body["instance"] == str(postgres.sql(HOME, "copy")[0][0])
            assert_problem(refresh(running, me), 401, "session_revoked")
            own = sign_in(running)
            assert jwt.get_unverified_header(own["access_token"]) != jwt.get_unverified_header(
                me["access_token"]
            )
        with service(tmp_path, settings, name="again") as running:
            assert ready(running)["notice"] is None
            assert "is a copy" not in running.log
            assert refresh(running, own).status_code == 200

    def test_two_services_at_once_fork_a_copy_once(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        with_a_session(tmp_path, postgres)
        postgres.sql(COPIED)
        settings = {"DATABASE_URL": postgres.text("copy")}
        with ExitStack() as stack:
            services: list[Service] = []

            def start(name: str) -> None:
                services.append(stack.enter_context(service(tmp_path, settings, name=name)))

            starts = [threading.Thread(target=start, args=(name,)) for name in ("one", "two")]
            for starting in starts:
                starting.start()
            for starting in starts:
                starting.join()
            assert len(services) == 2
            for running in services:
                running.wait_ready()
                running.wait(partial(is_decided, running))
            assert "".join(running.log for running in services).count("was forked") == 1
            seen = {running.readiness().json()["instance"] for running in services}
            assert seen == {str(postgres.sql(HOME, "copy")[0][0])}


class TestNoAutomaticFork:
    """Only an operator forks a database whose server is not proven to be on this machine."""

    def assert_untouched(
        self, tmp_path: Path, settings: dict[str, str], me: Tokens, database: URL
    ) -> None:
        before = copies.look(Endpoint(database))
        assert before is not None
        with service(tmp_path, settings) as running:
            assert ready(running)["notice"] == "database_is_a_copy"
            assert "was forked" not in running.log
            assert copies.look(Endpoint(database)) == before
            assert profile(running, me).status_code == 200

    def test_production_never_forks_automatically(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        me = with_a_session(tmp_path, postgres, API_URL=PRODUCTION["API_URL"])
        postgres.sql(COPIED)
        settings = {"DATABASE_URL": postgres.text("copy"), **PRODUCTION}
        self.assert_untouched(tmp_path, settings, me, postgres.url(database="copy"))

    def test_a_server_without_environment_never_forks_automatically(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        me = with_a_session(tmp_path, postgres)
        postgres.sql(COPIED)
        settings = {"DATABASE_URL": postgres.text("copy"), "ENVIRONMENT": ""}
        self.assert_untouched(tmp_path, settings, me, postgres.url(database="copy"))

    def test_a_database_behind_a_tunnel_is_never_forked_automatically(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        me = with_a_session(tmp_path, postgres)
        postgres.sql(COPIED)
        with forwarded(postgres.port) as port:
            url = postgres.url(database="copy", port=port)
            settings = {"DATABASE_URL": url.render_as_string(hide_password=False)}
            self.assert_untouched(tmp_path, settings, me, postgres.url(database="copy"))

    @pytest.mark.needs("pgbouncer")
    def test_a_database_behind_pgbouncer_is_never_forked_automatically(
        self, tmp_path: Path
    ) -> None:
        with databases.database("original") as original:
            alembic("upgrade", "head", settings={"DATABASE_URL": original})
            with service(tmp_path, {"DATABASE_URL": original}, name="first") as first:
                first.wait_ready()
                me = sign_up(first)
            databases.execute(original, "UPDATE instance SET database_oid = 1")
            database = make_url(original).set(drivername=DRIVER)
            bouncer = PgBouncer(tmp_path / "pgbouncer", original)
            try:
                self.assert_untouched(tmp_path, {"DATABASE_URL": bouncer.url}, me, database)
            finally:
                bouncer.stop()


class TestAnUpgrade:
    def test_an_upgrade_records_the_place_and_ends_no_session(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        settings = {"DATABASE_URL": postgres.text()}
        me = with_a_session(tmp_path, postgres)
        alembic("downgrade", BEFORE, settings=settings)
        secret = SETTINGS["SECRET_KEY"]
        read = refresh_tokens.read([secret], me["refresh_token"])
        unbound = refresh_tokens.Presented(read.session_id, read.began_at, read.generation)
        old = me | {"refresh_token": refresh_tokens.derive(secret, unbound)}
        alembic("upgrade", "head", settings=settings)
        standing = copies.look(Endpoint(postgres.url()))
        assert standing is not None
        assert standing.recorded == standing.seen
        with service(tmp_path, settings) as running:
            assert ready(running)["notice"] is None
            assert "a_copy" not in running.log
            assert "was forked" not in running.log
            assert profile(running, old).status_code == 200
            pair = refresh(running, old).json()
            assert len(pair["refresh_token"]) > len(old["refresh_token"])
            assert profile(running, refresh(running, pair).json()).status_code == 200
        assert postgres.sql("SELECT ended_at FROM session", "service") == [(None,)]
