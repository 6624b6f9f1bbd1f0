"""The exact messages of the server and of Alembic, and what the doctor says about each."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from src.database.origin import Endpoint
from src.schema.reach.reach import diagnose
from tests.support import checkout, databases
from tests.support.checkout import Copy
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.postgres import connect
from tests.support.service import run_alembic


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    made = ready_made()
    yield made
    made.close()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED"):
        monkeypatch.delenv(name)
    return checkout.copy(tmp_path / "postern")


class TestConnecting:
    @pytest.mark.parametrize(
        ("changes", "words", "step"),
        [
            ({"host": "db.invalid"}, "could not translate host name", "name"),
            ({"port": 1}, "Connection refused", "port"),
            ({"query": {"sslmode": "require"}}, "server does not support SSL", "tls"),
            ({"password": "wrong"}, "password authentication failed for user", "password"),
            ({"username": "nobody"}, "password authentication failed for user", "password"),
            ({"database": "nowhere"}, 'database "nowhere" does not exist', "database"),
        ],
    )
    def test_a_failed_connection_gives_the_message_and_the_step(
        self, server: OwnPostgres, changes: dict[str, object], words: str, step: str
    ) -> None:
        url = server.url(**changes)
        with pytest.raises(psycopg2.OperationalError, match=words):
            connect(url)
        obstacle = diagnose(Endpoint(url))

        assert obstacle is not None
        assert obstacle.step == step

    def test_a_role_without_free_connections_is_found(self, server: OwnPostgres) -> None:
        server.sql("ALTER ROLE app CONNECTION LIMIT 0")
        try:
            obstacle = diagnose(Endpoint(server.url()))
        finally:
            server.sql("ALTER ROLE app CONNECTION LIMIT -1")

        assert obstacle is not None
        assert obstacle.step == "capacity"
        assert "too many connections for role" in obstacle.cause

    def test_a_frozen_server_accepts_and_does_not_answer(self, server: OwnPostgres) -> None:
        with server.frozen():
            obstacle = diagnose(Endpoint(server.url()), within=0.5)

        assert obstacle is not None
        assert obstacle.step == "answer"


class TestAlembic:
    def alembic(self, copy: Copy, *arguments: str) -> str:
        done = run_alembic(*arguments, settings={}, backend=copy.backend)
        return done.stdout + done.stderr

    def test_a_stamp_applies_nothing_and_neither_does_the_next_upgrade(self, copy: Copy) -> None:
        with databases.database("stamped") as url:
            copy.write_env(DATABASE_URL=url)
            self.alembic(copy, "stamp", "head")
            self.alembic(copy, "upgrade", "head")
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            assert databases.execute(url, tables) == [("alembic_version",)]
            said = copy.doctor("--json")

            assert said.codes == ["schema_recorded_but_missing"]
            fix = said.findings[0]["fix"].replace(
                ".venv/bin/alembic", f"{shlex.quote(sys.executable)} -m alembic"
            )
            subprocess.run(fix, cwd=copy.checkout.root, shell=True, check=True)  # noqa: S602
            assert copy.doctor("--json").code == 0

    def test_alembics_message_about_a_revision_of_another_branch(self, copy: Copy) -> None:
        with databases.database("branched") as url:
            copy.write_env(DATABASE_URL=url)
            self.alembic(copy, "upgrade", "head")
            databases.execute(url, "UPDATE alembic_version SET version_num = 'abcdef123456'")

            assert "Can't locate revision identified by 'abcdef123456'" in self.alembic(
                copy, "upgrade", "head"
            )

    def test_alembics_message_about_two_heads(self, copy: Copy) -> None:
        versions = copy.backend / "alembic" / "versions"
        (first,) = versions.glob("*users.py")
        other = first.read_text().replace("8c1f0a7d2e41", "abcdef123456")
        (versions / "2027_01_01_0000_another_start.py").write_text(other)
        with databases.database("heads") as url:
            copy.write_env(DATABASE_URL=url)

            assert "Multiple head revisions are present" in self.alembic(copy, "upgrade", "head")

    def test_a_pooled_address_is_refused_with_the_reason(self, copy: Copy) -> None:
        pooled = "postgresql://app@ep-a-1-pooler.eu.aws.neon.tech/d"
        copy.write_env(DATABASE_URL=pooled, DATABASE_URL_UNPOOLED=pooled)
        said = self.alembic(copy, "upgrade", "head")

        assert "Migrations are refused" in said
        assert "is Neon's PgBouncer" in said
