"""One database or two: the proof works even if name, id and contents are the same."""

from collections.abc import Callable, Iterator

import pytest

from src.database.origin import Endpoint
from src.schema import identity
from src.schema.identity import Verdict, compare, identify
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.pgbouncer import PgBouncer
from tests.support.scratch import Scratch

needs_pgbouncer = pytest.mark.needs("pgbouncer")


@pytest.fixture
def migrated() -> Iterator[OwnPostgres]:
    server = ready_made(migrated=True)
    yield server
    server.close()


class TestWhatAnEndpointShows:
    def test_an_identity_shows_what_differs_between_databases(self, scratch: Scratch) -> None:
        seen = identify(scratch.direct)
        assert (seen.database, seen.schema) == (scratch.name, "public")
        assert seen.server_version.startswith("18")
        assert seen.role == scratch.direct.url.username
        assert not seen.read_only
        assert not seen.in_recovery
        assert not seen.between
        assert str(seen.instance_id) == str(scratch.sql("SELECT id FROM instance")[0][0])

    def test_an_identity_shows_no_password(self, own_postgres: OwnPostgres) -> None:
        seen = identify(Endpoint(own_postgres.url()))
        assert str(own_postgres.url().password) not in repr(seen)
        assert seen.server_port == own_postgres.port

    def test_an_identity_can_be_read_before_the_first_migration(self, empty: Scratch) -> None:
        seen = identify(empty.endpoint)
        assert seen.instance_id is None
        assert seen.database == empty.name

    def test_an_identity_shows_a_read_only_database(self, own_postgres: OwnPostgres) -> None:
        own_postgres.sql("ALTER DATABASE service SET default_transaction_read_only = on")
        assert identify(Endpoint(own_postgres.url())).read_only

    @needs_pgbouncer
    def test_an_identity_shows_a_pooler(self, scratch: Scratch, bouncer: PgBouncer) -> None:
        seen = identify(Endpoint(scratch.direct.url.set(**bouncer.address)))
        assert seen.between


class TestTheSameDatabase:
    def test_both_endpoints_of_this_run_are_one_database(self, scratch: Scratch) -> None:
        assert compare(scratch.endpoint, scratch.direct).verdict is Verdict.SAME

    @needs_pgbouncer
    def test_a_database_is_recognised_through_pgbouncer(
        self, scratch: Scratch, bouncer: PgBouncer
    ) -> None:
        pooled = Endpoint(scratch.direct.url.set(**bouncer.address))
        for proof in (identity.by_lock, identity.by_nonce):
            assert proof(pooled, scratch.direct)[0] is Verdict.SAME
        assert compare(pooled, scratch.direct).verdict is Verdict.SAME

    def test_a_database_without_tables_is_recognised(self, empty: Scratch) -> None:
        assert compare(empty.endpoint, empty.direct).verdict is Verdict.SAME

    def test_a_database_is_recognised_without_a_right_to_write(
        self, own_postgres: OwnPostgres
    ) -> None:
        own_postgres.sql("ALTER DATABASE service SET default_transaction_read_only = on")
        endpoint = Endpoint(own_postgres.url())
        assert compare(endpoint, endpoint).verdict is Verdict.SAME

    def test_two_host_names_and_roles_are_one_database(self, own_postgres: OwnPostgres) -> None:
        own_postgres.sql("CREATE ROLE second LOGIN PASSWORD 'second'")
        other = own_postgres.url(username="second", password="second")
        verdict = compare(Endpoint(other), Endpoint(own_postgres.url())).verdict
        assert verdict is Verdict.SAME

    def test_the_proof_leaves_no_rows(self, scratch: Scratch) -> None:
        scratch.sql("INSERT INTO endpoint_probe VALUES ('left by a crash', now() - interval '1 d')")
        assert identity.by_nonce(scratch.endpoint, scratch.direct)[0] is Verdict.SAME
        assert scratch.sql("SELECT count(*) FROM endpoint_probe") == [(0,)]


class TestTwoDatabases:
    def test_the_same_name_on_two_servers_is_two_databases(self, own_postgres: OwnPostgres) -> None:
        other = OwnPostgres()
        try:
            found = compare(Endpoint(own_postgres.url()), Endpoint(other.url()))
            assert found.verdict is Verdict.DIFFERENT
        finally:
            other.close()

    def test_a_copy_with_the_same_instance_id_is_another_database(
        self, database: Callable[..., Scratch]
    ) -> None:
        first, second = database(), database()
        one, other = identify(first.direct), identify(second.direct)
        assert one.instance_id == other.instance_id
        assert compare(first.endpoint, second.direct).verdict is Verdict.DIFFERENT
        for proof in (identity.by_lock, identity.by_nonce):
            assert proof(first.endpoint, second.direct)[0] is Verdict.DIFFERENT

    def test_a_copy_of_the_whole_server_is_another_database(self, migrated: OwnPostgres) -> None:
        """Same name, oid, instance id and system identifier: the proof still works."""
        copy = migrated.copied()
        try:
            one, other = (identify(Endpoint(server.url())) for server in (migrated, copy))
            assert one.instance_id == other.instance_id is not None
            assert one.system_identifier == other.system_identifier
            assert one.database_oid == other.database_oid
            found = compare(Endpoint(migrated.url()), Endpoint(copy.url()))
            assert found.verdict is Verdict.DIFFERENT
            assert "is not" in found.reason
        finally:
            copy.close()


class TestWhatCannotBeProven:
    def test_an_endpoint_without_an_answer_proves_nothing(self, scratch: Scratch) -> None:
        nowhere = Endpoint(scratch.direct.url.set(database="nowhere"), source="backend/.env")
        found = compare(nowhere, scratch.direct)
        assert found.verdict is Verdict.UNPROVEN
        assert 'there is no database "nowhere"' in found.reason
        assert found.app is None

    def test_a_read_replica_proves_nothing(self, migrated: OwnPostgres) -> None:
        replica = migrated.copied(standby=True)
        try:
            found = compare(Endpoint(replica.url()), Endpoint(migrated.url()))
            assert found.verdict is Verdict.UNPROVEN
            assert found.reason == "one of the endpoints is a read replica"
            assert found.app is not None
            assert found.app.in_recovery
        finally:
            replica.close()
