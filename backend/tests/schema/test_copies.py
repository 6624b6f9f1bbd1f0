"""A copy is recognised by its place; a restart, a replica or a pooler makes no copy."""

from collections.abc import Iterator

import pytest

from src.database.origin import Endpoint
from src.schema import copies
from src.schema.copies import undecided, writing_to
from src.schema.place import Place, Standing
from tests.support.own_postgres import USER, OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.scratch import Scratch
from tests.support.waiting import eventually

needs_pgbouncer = pytest.mark.needs("pgbouncer")
RECORDED = "SELECT system_identifier, database_oid, timeline, forked_at FROM instance"


@pytest.fixture
def migrated() -> Iterator[OwnPostgres]:
    server = ready_made(migrated=True)
    yield server
    server.close()


def look(server: OwnPostgres, database: str = "service") -> Standing:
    standing = copies.look(Endpoint(server.url(database=database)))
    assert standing is not None
    return standing


def is_undecided(server: OwnPostgres, database: str = "service") -> bool:
    with writing_to(Endpoint(server.url(database=database))) as connection:
        return undecided(connection)


class TestTheFirstMigration:
    def test_the_first_migration_records_the_place(self, migrated: OwnPostgres) -> None:
        standing = look(migrated)
        assert standing.recorded == standing.seen
        (system,) = migrated.sql("SELECT system_identifier::text FROM pg_control_system()")[0]
        (oid,) = migrated.sql("SELECT oid::bigint FROM pg_database WHERE datname = 'service'")[0]
        assert standing.seen == Place(str(system), int(str(oid)), None)
        assert migrated.sql("SELECT forked_at FROM instance", "service") == [(None,)]
        assert not is_undecided(migrated)


class TestACopy:
    def test_a_copy_from_a_template_is_recognised(self, migrated: OwnPostgres) -> None:
        migrated.sql(f"CREATE DATABASE copy TEMPLATE service OWNER {USER}")
        original, copy = look(migrated), look(migrated, "copy")
        assert copy.instance_id == original.instance_id
        assert copy.is_a_copy
        assert not original.is_a_copy
        assert is_undecided(migrated, "copy")

    def test_a_dump_restored_elsewhere_is_recognised(self, migrated: OwnPostgres) -> None:
        other = OwnPostgres()
        try:
            migrated.restored_into(other)
            standing = look(other)
            assert standing.instance_id == look(migrated).instance_id
            assert standing.seen.system_identifier != standing.recorded.system_identifier
            assert standing.is_a_copy
        finally:
            other.close()

    def test_a_branch_on_another_timeline_of_neon_is_recognised(
        self, migrated: OwnPostgres
    ) -> None:
        def set_timeline(name: str) -> None:
            migrated.sql(f"ALTER DATABASE service SET neon.timeline_id = '{name}'")

        set_timeline("main")
        assert not look(migrated).is_a_copy  # what was not recorded is not compared
        endpoint = Endpoint(migrated.url())
        with writing_to(endpoint) as connection:
            assert copies.record(connection, look(migrated))
        assert not look(migrated).is_a_copy
        set_timeline("branch")
        standing = look(migrated)
        assert standing.is_a_copy
        assert (standing.recorded.timeline, standing.seen.timeline) == ("main", "branch")

    def test_a_database_that_cannot_be_read_counts_as_undecided(
        self, migrated: OwnPostgres
    ) -> None:
        migrated.sql(f"REVOKE ALL ON instance FROM {USER}", "service")
        migrated.sql("ALTER TABLE instance OWNER TO postgres", "service")
        assert copies.look(Endpoint(migrated.url())) is None
        assert is_undecided(migrated)


class TestNoCopy:
    def test_a_restart_makes_no_copy(self, migrated: OwnPostgres) -> None:
        migrated.stop()
        migrated.start()
        assert not look(migrated).is_a_copy

    def test_a_failover_to_a_replica_makes_no_copy(self, migrated: OwnPostgres) -> None:
        replica = migrated.replica()
        try:
            migrated.sql("CREATE TABLE mark AS SELECT 1", "service")
            sees_mark = "SELECT to_regclass('mark') IS NOT NULL"
            eventually(lambda: replica.sql(sees_mark, "service") == [(True,)])
            assert not look(replica).is_a_copy  # as long as it is read-only
            migrated.kill()
            replica.promote()
            standing = look(replica)
            assert not standing.is_a_copy
            assert standing.recorded == standing.seen
            assert not is_undecided(replica)
        finally:
            replica.close()

    @needs_pgbouncer
    def test_pgbouncer_makes_no_copy(self, scratch: Scratch, bouncer: PgBouncer) -> None:
        pooled = Endpoint(scratch.direct.url.set(**bouncer.address))
        assert copies.look(pooled) == copies.look(scratch.direct)

    def test_another_role_sees_no_copy(self, migrated: OwnPostgres) -> None:
        migrated.sql("CREATE ROLE reader LOGIN PASSWORD 'reader'")
        migrated.sql("GRANT SELECT ON instance TO reader", "service")
        as_reader = Endpoint(migrated.url(username="reader", password="reader"))
        assert copies.look(as_reader) == look(migrated)

    def test_a_role_that_may_not_read_the_identifier_sees_no_copy(
        self, migrated: OwnPostgres
    ) -> None:
        migrated.sql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", "service")
        standing = look(migrated)
        assert standing.seen.system_identifier is None
        assert standing.recorded.system_identifier is not None
        assert not standing.is_a_copy

    def test_copied_files_are_not_recognised_as_a_copy(self, migrated: OwnPostgres) -> None:
        """A physical copy looks like a promoted replica: SECURITY.md says so."""
        copy = migrated.copied()
        try:
            assert not look(copy).is_a_copy
        finally:
            copy.close()


class TestAMigrationWithoutTheIdentifier:
    def test_the_migration_records_what_it_can_read(self) -> None:
        from tests.support.service import alembic

        server = ready_made()
        try:
            server.sql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", "service")
            alembic("upgrade", "head", settings={"DATABASE_URL": server.text()})
            ((system, oid, timeline, forked),) = server.sql(RECORDED, "service")
            assert oid is not None
            assert (system, timeline, forked) == (None, None, None)
        finally:
            server.close()
