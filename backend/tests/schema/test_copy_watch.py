"""The watch records a first place, and reports a copy once, until somebody has decided."""

from collections.abc import Callable, Iterator

import pytest

from src.database.origin import Endpoint
from src.schema import copies
from src.schema.copies import writing_to
from src.schema.place import Standing
from src.schema.watch.copy_watch import CopyWatch
from tests.support.own_postgres import OwnPostgres, ready_made
from tests.support.scratch import Scratch


@pytest.fixture
def migrated() -> Iterator[OwnPostgres]:
    server = ready_made(migrated=True)
    yield server
    server.close()


class TestCopyWatch:
    def test_the_first_place_is_recorded(self, scratch: Scratch) -> None:
        scratch.sql("UPDATE instance SET system_identifier = NULL, database_oid = NULL")
        CopyWatch().look(scratch.endpoint)
        standing = copies.look(scratch.endpoint)
        assert standing is not None
        assert standing.recorded == standing.seen
        assert standing.recorded.known

    def test_a_role_that_may_not_record_the_place_is_no_error(self, migrated: OwnPostgres) -> None:
        unknown = "UPDATE instance SET system_identifier = NULL, database_oid = NULL"
        migrated.sql(unknown, "service")
        migrated.sql("CREATE ROLE reader LOGIN PASSWORD 'reader'")
        migrated.sql("GRANT SELECT ON instance TO reader", "service")
        watch = CopyWatch()
        watch.look(Endpoint(migrated.url(username="reader", password="reader")))
        assert not watch.undecided
        standing = copies.look(Endpoint(migrated.url()))
        assert standing is not None
        assert not standing.recorded.known

    def test_a_copy_is_reported_once(
        self, database: Callable[..., Scratch], caplog: pytest.LogCaptureFixture
    ) -> None:
        scratch = database()
        scratch.sql("UPDATE instance SET database_oid = 1")
        watch = CopyWatch()
        for _ in range(3):
            watch.look(scratch.endpoint)
        assert watch.undecided
        (line,) = [text for text in caplog.messages if "database_is_a_copy" in text]
        for word in ("database oid 1)", "postern instance keep", "postern instance fork"):
            assert word in line
        assert scratch.sql("SELECT database_oid FROM instance") == [(1,)]

    def test_an_undecided_caller_is_asked_only_once(self, database: Callable[..., Scratch]) -> None:
        scratch = database()
        scratch.sql("UPDATE instance SET database_oid = 1")
        asked: list[Standing] = []
        watch = CopyWatch(asked.append)
        for _ in range(3):
            watch.look(scratch.endpoint)
        assert len(asked) == 1
        assert watch.undecided

    def test_the_caller_is_asked_to_decide(self, database: Callable[..., Scratch]) -> None:
        scratch = database()
        scratch.sql("UPDATE instance SET database_oid = 1")
        asked = []

        def keep(standing: Standing) -> None:
            asked.append(standing)
            with writing_to(scratch.direct) as connection:
                assert copies.record(connection, standing)

        watch = CopyWatch(keep)
        watch.look(scratch.endpoint)
        watch.look(scratch.endpoint)
        assert len(asked) == 1
        assert not watch.undecided
