"""The core flows on many kinds of databases: each works, or says exactly why it does not."""

import json
import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import URL

from src.database.endpoints import DRIVER
from tests.support import databases
from tests.support.asking import until_served
from tests.support.commands import postern
from tests.support.debian_postgres import DebianCluster
from tests.support.own_postgres import ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.service import Service, service

ROLE = "runtime"
PASSWORD = "wander-lantern-42"
NAME = "Zoë Łukasz 李"
AT_ONCE = 12
LIBC = "TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
THEIRS = "CREATE TABLE orders (id int); INSERT INTO orders VALUES (7)"
THEIR_USERS = (
    'CREATE TABLE "user" (id int); CREATE TABLE alembic_version (version_num text);'
    "INSERT INTO alembic_version VALUES ('1975ea83b712')"
)
ABOUT_DATABASES = {"Reachability", "Identity", "Schema", "Migrations"}


@dataclass(frozen=True)
class Kind:
    """How a database is made, and the settings that the service and the doctor get."""

    options: str = "TEMPLATE template0"
    """Options of CREATE DATABASE."""
    oldest: bool = False
    """On the oldest server that Debian offers, otherwise on the bundled one."""
    before: str = "SELECT 1"
    """SQL that runs before the migrations; `{name}` is the database."""
    after: str = "SELECT 1"
    role: str | None = None
    """The service's own role; None for the owner."""
    granted: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    """What the doctor finds."""


WORKS = {
    "as it comes": Kind(),
    "a role without DDL": Kind(role=ROLE),
    "SQL_ASCII": Kind(f"{LIBC} ENCODING 'SQL_ASCII'", codes=frozenset({"database_encoding"})),
    "serializable by default": Kind(
        before="ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"
    ),
    "a search_path to nowhere": Kind(before="ALTER DATABASE {name} SET search_path = nowhere"),
    "tables of others beside ours": Kind(before=THEIRS),
    "a schema of its own": Kind(
        before=THEIR_USERS, role=ROLE, settings={"DATABASE_SCHEMA": "auth"}
    ),
    "the oldest PostgreSQL of Debian": Kind(oldest=True),
}


def rows() -> Iterator[object]:
    for name, kind in WORKS.items():
        needed = [pytest.mark.needs("postgresql")] if kind.oldest else []
        yield pytest.param(kind, False, id=f"{name}, direct", marks=needed)
        pooled = [*needed, pytest.mark.needs("pgbouncer")]
        yield pytest.param(kind, True, id=f"{name}, pooled", marks=pooled)


@dataclass(frozen=True)
class Made:
    """A database of one kind, migrated."""

    owner: URL
    runtime: URL
    settings: dict[str, str]

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        return databases.execute(self.owner, statement)

    @property
    def both(self) -> dict[str, str]:
        """The settings of the service and the doctor."""
        urls = {"DATABASE_URL": self.runtime, "DATABASE_URL_UNPOOLED": self.owner}
        return {**self.settings, **{name: text(url) for name, url in urls.items()}}

    def findings(self) -> dict[str, dict[str, Any]]:
        """What the doctor finds about the database, by code."""
        said = json.loads(postern("doctor", "--json", settings=self.both).stdout)
        checks = [check for check in said["checks"] if check["group"] in ABOUT_DATABASES]
        assert [check for check in checks if check["outcome"] == "failed"] == []
        return {one["code"]: one for check in checks for one in check.get("findings", [])}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def make(kind: Kind, stack: ExitStack) -> Made:
    name = "kind"
    server = (oldest(stack) if kind.oldest else databases.direct_url()).set(database="postgres")
    databases.execute(server, f"DROP ROLE IF EXISTS {ROLE}", f"CREATE ROLE {ROLE} LOGIN")
    stack.callback(databases.execute, server, f"DROP ROLE {ROLE}")
    databases.execute(server, f"CREATE DATABASE {name} {kind.options}")
    stack.callback(databases.execute, server, f"DROP DATABASE {name} WITH (FORCE)")
    owner = server.set(database=name)
    made = Made(owner, owner.set(username=kind.role) if kind.role else owner, kind.settings)
    made.sql(kind.before.format(name=name))
    migrated = postern("migrate", settings={**kind.settings, "DATABASE_URL": text(owner)})
    assert migrated.returncode == 0, migrated.stderr
    if kind.role and kind.granted:
        granted = postern("grants", ROLE, "--apply", settings=made.both)
        assert granted.returncode == 0, granted.stderr
    made.sql(kind.after.format(name=name))
    return made


def oldest(stack: ExitStack) -> URL:
    running = ready_made(kind=DebianCluster)
    stack.callback(running.close)
    folder = str(running.cluster.data_dir)
    return URL.create(DRIVER, "postgres", port=running.port, query={"host": folder})


def text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def start(made: Made, stack: ExitStack, folder: Path, *, pooled: bool = False) -> Service:
    settings = made.both
    if pooled:
        bouncer = PgBouncer(folder / "pgbouncer", text(made.runtime))
        stack.callback(bouncer.stop)
        settings = {**settings, "DATABASE_URL": bouncer.url}
    return stack.enter_context(service(folder, settings))


def sign_up(client: httpx.Client, email: str, name: str = NAME) -> httpx.Response:
    body = {"email": email, "password": PASSWORD, "name": name}
    return client.post("/auth/signup", json=body)


def sign_in(client: httpx.Client, email: str) -> httpx.Response:
    return client.post("/auth/signin", json={"email": email, "password": PASSWORD})


def assert_core_flows(client: httpx.Client) -> None:
    people = [f"person{number}@example.com" for number in range(3)]
    for email in people:
        assert sign_up(client, email).status_code == 201
    assert sign_up(client, people[0]).json()["code"] == "email_taken"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = (partial(sign_in, client, email) for email in people * AT_ONCE)
        answers = list(pool.map(until_served, asked))
    assert {answer.status_code for answer in answers} == {200}
    tokens = answers[0].json()
    tokens = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/auth/profile", headers=headers).json()["name"] == NAME
    changed = client.patch("/auth/profile", json={"name": f"{NAME}!"}, headers=headers)
    assert changed.json()["name"] == f"{NAME}!"
    assert len(client.get("/auth/sessions", headers=headers).json()) == AT_ONCE
    assert client.post("/auth/signout", headers=headers).status_code == 204
    assert client.get("/auth/profile", headers=headers).status_code == 401


@pytest.mark.parametrize(("kind", "pooled"), [*rows()])
def test_the_core_flows_work(kind: Kind, pooled: bool, tmp_path: Path, stack: ExitStack) -> None:
    made = make(kind, stack)
    running = start(made, stack, tmp_path, pooled=pooled)
    running.wait_ready()
    assert_core_flows(running.client)
    assert "ERROR" not in running.log
    if not pooled:
        assert made.findings().keys() == kind.codes


def test_tables_of_others_do_not_change(stack: ExitStack) -> None:
    made = make(WORKS["a schema of its own"], stack)
    assert made.sql('SELECT * FROM public."user"') == []
    assert made.sql("SELECT version_num FROM public.alembic_version") == [("1975ea83b712",)]


class TestReadOnlyByDefault:
    def test_a_read_only_database_is_named_and_the_shown_fix_works(
        self, tmp_path: Path, stack: ExitStack
    ) -> None:
        kind = Kind(after="ALTER DATABASE {name} SET default_transaction_read_only = on")
        made = make(kind, stack)
        running = start(made, stack, tmp_path)
        running.wait_logged("takes no writes: default_transaction_read_only is on")
        refused = sign_up(running.client, "ada@example.com")
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        assert "takes no writes" in running.readiness().json()["detail"]
        finding = made.findings()["database_read_only"]
        assert 'ALTER DATABASE "kind" RESET' in finding["fix"]
        assert made.sql('SELECT count(*) FROM "user"') == [(0,)]
        made.sql(shlex.split(finding["fix"])[-1])
        running.wait(lambda: sign_up(running.client, "ada@example.com").status_code == 201)
        running.wait_ready()


class TestMissingGrants:
    def test_missing_grants_are_named_everywhere(self, tmp_path: Path, stack: ExitStack) -> None:
        made = make(Kind(role=ROLE, granted=False), stack)
        running = start(made, stack, tmp_path)
        running.wait_logged("missing_privileges")
        refused = sign_up(running.client, "ada@example.com")
        assert (refused.status_code, refused.json()["code"]) == (503, "schema_mismatch")
        ready = running.readiness()
        assert ready.status_code == 503
        for said in (refused.json()["detail"], ready.json()["detail"], running.log):
            assert f'does not grant its role "{ROLE}"' in said
            assert 'ON TABLE "public"."user" TO "runtime"' in said
            assert "ALTER DEFAULT PRIVILEGES FOR ROLE" in said
        assert made.findings().keys() == {"schema_missing_privileges"}
        granted = postern("grants", ROLE, "--apply", settings=made.both)
        assert granted.returncode == 0, granted.stderr
        running.wait_ready()
        assert sign_up(running.client, "ada@example.com").status_code == 201

    def test_the_doctor_does_not_examine_writes_without_grants(self, stack: ExitStack) -> None:
        made = make(Kind(role=ROLE, granted=False), stack)
        said = json.loads(postern("doctor", "--json", settings=made.both).stdout)
        (check,) = (one for one in said["checks"] if one["title"] == "The database accepts writes")
        assert check["outcome"] == "not_examined"


class TestLatin1:
    def test_a_character_that_the_encoding_lacks_is_a_clear_problem(
        self, tmp_path: Path, stack: ExitStack
    ) -> None:
        made = make(Kind(f"{LIBC} ENCODING 'LATIN1'"), stack)
        running = start(made, stack, tmp_path)
        running.wait_ready()
        assert sign_up(running.client, "zoe@example.com", "Zoë").status_code == 201
        refused = sign_up(running.client, "lukasz@example.com", "Łukasz")
        assert (refused.status_code, refused.json()["code"]) == (503, "schema_mismatch")
        assert "the database's encoding is not UTF8" in refused.json()["detail"]
        assert made.sql('SELECT name FROM "user"') == [("Zoë",)]
        running.wait_logged("the database's encoding is not UTF8")
        assert "Traceback" not in running.log
        assert made.findings().keys() == {"database_encoding"}
