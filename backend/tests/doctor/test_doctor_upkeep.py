"""Whether upkeep is done in time."""

import pytest

from src.doctor.report import Fine, NotExamined
from tests.support import databases
from tests.support.checkout import Copy


class TestUpkeep:
    TITLE = "Upkeep is done in time"
    PERSON = (
        'INSERT INTO "user" (id, email, email_key, password_hash, created_at, updated_at) '
        "OVERRIDING SYSTEM VALUE VALUES (7, 'a@b.c', 'a@b.c', '', now(), now())"
    )

    SESSION = """
        INSERT INTO session (user_id, method, password_fingerprint, generation, seen_generation,
            created_at, handed_out_at, handouts, last_used_at, idle_expires_at, expires_at)
        SELECT id, 'password', '', 1, 1, now(), now(), 1, now() - interval 'AGO', now(), now()
        FROM "user" """

    def stage(self, copy: Copy, url: str, *, due: str, used: str | None) -> None:
        """A job that was due, and a session that was last used, so long ago."""
        copy.write_env(DATABASE_URL=url)
        job = "INSERT INTO upkeep_job (name, due_at) VALUES ('sessions', now() - interval 'AGO')"
        databases.execute(url, job.replace("AGO", due))
        if used:
            databases.execute(url, self.PERSON, self.SESSION.replace("AGO", used))

    def test_a_job_that_is_late_although_people_use_the_service(
        self, copy: Copy, migrated: str
    ) -> None:
        self.stage(copy, migrated, due="5 hours", used="1 minute")
        finding = copy.found(self.TITLE)

        assert finding.condition.code == "upkeep_late"
        assert finding.evidence[0].startswith("sessions: due at 20")
        assert finding.evidence[0].endswith("UTC, never done")
        assert finding.fix.endswith("postern upkeep")

    @pytest.mark.parametrize(
        ("due", "used"),
        [("5 hours", "270 minutes"), ("5 hours", None), ("100 minutes", "1 minute")],
        ids=["nobody used the service", "there is no session", "it is due since shortly"],
    )
    def test_a_job_that_may_wait_is_no_finding(
        self, copy: Copy, migrated: str, due: str, used: str | None
    ) -> None:
        self.stage(copy, migrated, due=due, used=used)

        assert copy.look(self.TITLE).outcome == Fine("no job is late")

    def test_an_older_schema_without_the_table_is_no_finding(
        self, copy: Copy, migrated: str
    ) -> None:
        databases.execute(migrated, "DROP TABLE upkeep_job")
        copy.write_env(DATABASE_URL=migrated)

        assert isinstance(copy.look(self.TITLE).outcome, NotExamined)
