"""A service that migrates at its start: once, or not at all and with the reason."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from src.schema.command_lines import MERGE
from src.schema.migrations.history import own_history
from src.schema.state import SchemaStatus
from tests.support.migration import add_migration
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.scratch import Scratch
from tests.support.service import (
    alembic,
    run_postern,
    service,
)

HEAD = own_history().head
needs_pgbouncer = pytest.mark.needs("pgbouncer")


class TestTwoHeads:
    @pytest.fixture
    def branched(self, next_migration: Callable[[str], Path]) -> Path:
        """Two migrations that both follow the newest one."""
        backend = next_migration("ALTER TABLE instance ADD one int")
        return add_migration(backend, "ALTER TABLE instance ADD two int", revision="eeee00000001")

    def test_two_heads_are_refused_with_the_merge_command(
        self, scratch: Scratch, branched: Path
    ) -> None:
        done = run_postern("migrate", settings=scratch.settings, backend=branched)
        assert done.returncode == 1
        for words in ("ffff00000001 (Do something)", "eeee00000001", MERGE):
            assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert scratch.sql("SELECT version_num FROM alembic_version") == [(HEAD,)]

    @pytest.mark.parametrize("applied", [HEAD, "ffff00000001", "eeee00000001"])
    def test_the_service_names_two_heads_until_they_are_merged(
        self, tmp_path: Path, scratch: Scratch, branched: Path, applied: str
    ) -> None:
        alembic("upgrade", applied, settings=scratch.settings, backend=branched)
        settings = {**scratch.settings, "AUTO_MIGRATE": "on"}
        with service(tmp_path, settings, backend=branched) as running:
            running.wait_logged("Two migrations claim to be the newest", f"To fix it: {MERGE}")
            answer = running.readiness()
            assert answer.status_code == 503
            assert "Two migrations claim to be the newest" in answer.json()["detail"]
            assert MERGE in answer.json()["detail"]
            assert "make migrate" not in running.log
        alembic("merge", "heads", "-m", "join two branches", settings={}, backend=branched)
        with service(tmp_path, settings, backend=branched, name="merged") as running:
            running.wait_ready()


class TestMigratingAtTheStart:
    def test_two_services_at_once_migrate_once_and_become_ready(
        self, tmp_path: Path, empty: Scratch
    ) -> None:
        settings = {**empty.settings, "AUTO_MIGRATE": "on"}
        with (
            service(tmp_path, settings, name="one") as one,
            service(tmp_path, settings, name="two") as two,
        ):
            one.wait_ready()
            two.wait_ready()
        assert empty.sql("SELECT count(*) FROM instance") == [(1,)]

    def test_migrating_at_the_start_is_off_by_default(self, tmp_path: Path, empty: Scratch) -> None:
        with service(tmp_path, {**empty.settings, "AUTO_MIGRATE": "off"}) as running:
            running.wait_logged("is empty", "make migrate")
            assert running.readiness().json()["code"] == "schema_mismatch"
            assert empty.look().status is SchemaStatus.EMPTY
            alembic("upgrade", "head", settings=empty.settings)
            running.wait_ready()

    def test_a_failed_migration_is_shown_and_the_service_runs(
        self, tmp_path: Path, scratch: Scratch, next_migration: Callable[[str], Path]
    ) -> None:
        backend = next_migration("UPDATE instance SET no_such_column = 1")
        settings = {**scratch.settings, "AUTO_MIGRATE": "on"}
        with service(tmp_path, settings, backend=backend) as running:
            running.wait_logged("Migrating it at the start failed", "no_such_column")
            answer = running.readiness()
            assert answer.status_code == 503
            detail = answer.json()["detail"]
            assert "no_such_column" in detail
            assert detail.count("To fix it: ") == 1
            assert detail.endswith(
                "To fix it: correct the migration in backend/alembic/versions, then: make migrate"
            )
            assert running.client.get("/livez").status_code == 200
            running.wait(lambda: True)
            assert running.log.count("Migrating it at the start failed") == 1

    @needs_pgbouncer
    def test_migrating_through_a_pooler_is_refused_and_shown(
        self, tmp_path: Path, empty: Scratch, bouncer: PgBouncer
    ) -> None:
        pooled = empty.direct.url.set(**bouncer.address).render_as_string(hide_password=False)
        with service(tmp_path, {"DATABASE_URL": pooled, "AUTO_MIGRATE": "on"}) as running:
            running.wait_logged("Migrations are refused", "DATABASE_URL_UNPOOLED")
            assert running.readiness().status_code == 503
        assert empty.look().status is SchemaStatus.EMPTY

    def test_only_the_apps_own_database_is_migrated(
        self, tmp_path: Path, empty: Scratch, database: Callable[..., Scratch]
    ) -> None:
        other = database(migrated=False)
        settings = {
            "DATABASE_URL": empty.settings["DATABASE_URL"],
            "DATABASE_URL_UNPOOLED": other.settings["DATABASE_URL_UNPOOLED"],
            "AUTO_MIGRATE": "on",
        }
        with service(tmp_path, settings) as running:
            running.wait_logged("It was not migrated at the start", "is another database")
        assert other.look().status is SchemaStatus.EMPTY
        assert empty.look().status is SchemaStatus.EMPTY


class TestARoleWithoutRights:
    @pytest.fixture
    def postgres(self) -> Iterator[OwnPostgres]:
        server = ready_made()
        yield server
        server.close()

    def test_a_role_without_rights_cannot_migrate_and_the_log_says_why(
        self, tmp_path: Path, postgres: OwnPostgres
    ) -> None:
        postgres.sql("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        url = postgres.url(username="weak", password="weak").render_as_string(hide_password=False)
        with service(tmp_path, {"DATABASE_URL": url, "AUTO_MIGRATE": "on"}) as running:
            running.wait_logged("Migrating it at the start failed", "permission denied")
            answer = running.readiness()
            assert answer.status_code == 503
            assert 'GRANT USAGE, CREATE ON SCHEMA "public" TO "weak"' in answer.json()["detail"]
