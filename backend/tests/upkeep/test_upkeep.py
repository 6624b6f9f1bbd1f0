"""Jobs run when they are due, in one process only, and do not wake an idle database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest

from src.database.database import Database, current, unit_of_work
from src.kit.clock import Clock, clock, now
from src.runtime import JOBS
from src.settings import get_settings
from src.upkeep import steps
from src.upkeep.jobs import Job
from src.upkeep.service import Upkeep, run_due
from tests.support.commands import postern
from tests.support.service import service
from tests.support.waiting import eventually
from tests.web.test_metrics import value

Connection = psycopg2.extensions.connection


@pytest.fixture(autouse=True)
def _no_jobs(direct: Connection) -> Iterator[None]:
    def wipe() -> None:
        with direct.cursor() as cursor:
            cursor.execute("DELETE FROM upkeep_job")

    wipe()
    yield
    wipe()


class Counted:
    """A job that counts how often it ran and does the given work."""

    def __init__(self, work: Callable[[], int] = lambda: 0, name: str = "counted") -> None:
        self.times = 0
        self._work = work
        self.job = Job(name, self._run)

    def _run(self, _stopping: threading.Event) -> int:
        self.times += 1
        return self._work()


def run(*jobs: Job) -> list[tuple[str, int | None]]:
    return [(ran.job.name, ran.rows) for ran in run_due(jobs, threading.Event())]


def stored(direct: Connection) -> list[Any]:
    with direct.cursor() as cursor:
        cursor.execute("SELECT name, due_at, leased_until, done_at FROM upkeep_job")
        return cursor.fetchall()


class TestAJob:
    def test_a_job_runs_once_per_interval(self, moved: Clock, direct: Connection) -> None:
        counted = Counted(lambda: 7)
        assert run(counted.job) == [("counted", 7)]
        assert stored(direct) == [("counted", now() + timedelta(hours=1), None, now())]
        assert run(counted.job) == []
        moved.advance(timedelta(minutes=59))
        assert run(counted.job) == []
        moved.advance(timedelta(minutes=1))
        assert run(counted.job) == [("counted", 7)]

    def test_a_failed_job_is_logged_and_due_again_soon(
        self, moved: Clock, direct: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fails() -> int:
            raise RuntimeError("as a bug would")

        counted, other = Counted(fails), Counted(name="other")
        assert run(counted.job, other.job) == [("counted", None), ("other", 0)]
        assert "counted has failed" in caplog.text
        first = now()
        assert stored(direct)[0] == ("counted", first, first + steps.AGAIN_AFTER, None)
        assert run(counted.job) == []
        moved.advance(steps.AGAIN_AFTER)
        assert run(counted.job) == [("counted", None)]
        # It was due at its first start, so the doctor sees that it is late.
        assert stored(direct)[-1] == ("counted", first, now() + steps.AGAIN_AFTER, None)

    def test_only_one_of_many_processes_runs_a_job(self) -> None:
        running, release = threading.Event(), threading.Event()

        def work() -> int:
            running.set()
            release.wait(20)
            return 1

        counted = Counted(work)
        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(run, counted.job)
            running.wait(20)
            others = [pool.submit(run, counted.job) for _ in range(7)]
            assert [other.result() for other in others] == [[]] * 7
            release.set()
            assert first.result() == [("counted", 1)]
        assert counted.times == 1

    def test_another_process_takes_over_the_job_of_a_dead_one(
        self, moved: Clock, direct: Connection
    ) -> None:
        counted = Counted()
        with unit_of_work() as db:
            lease = steps.claim(db, counted.job)
        assert run(counted.job) == []
        moved.advance(steps.LEASE)
        assert run(counted.job) == [("counted", 0)]
        after = stored(direct)
        assert lease is not None
        with unit_of_work() as db:  # the first process was only slow: its result changes nothing
            steps.finish(db, counted.job, lease, steps.Outcome.FAILED)
        assert stored(direct) == after

    def test_a_process_whose_clock_is_behind_takes_no_lease(self) -> None:
        counted = Counted()
        with unit_of_work() as db:
            assert steps.claim(db, counted.job) is not None
        with clock.frozen(now() - timedelta(minutes=4)):
            assert run(counted.job) == []

    def test_a_process_whose_clock_is_behind_does_not_repeat_a_job(self) -> None:
        counted = Counted()
        assert run(counted.job) == [("counted", 0)]
        with clock.frozen(now() - timedelta(minutes=4)):
            assert run(counted.job) == []

    def test_an_interrupted_job_is_due_at_once(self, moved: Clock, direct: Connection) -> None:
        stopping = threading.Event()

        def work() -> int:
            stopping.set()  # after the first batch
            return 2000

        assert [ran.rows for ran in run_due([Counted(work).job], stopping)] == [2000]
        assert stored(direct) == [("counted", now(), None, None)]
        assert moved.now() == now()

    def test_a_job_ended_by_ctrl_c_gives_its_lease_back(
        self, moved: Clock, direct: Connection
    ) -> None:
        def ended() -> int:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(Counted(ended).job)
        assert stored(direct) == [("counted", moved.now(), None, None)]

    def test_a_clock_that_was_ahead_does_not_delay_a_job(self) -> None:
        counted = Counted()
        with clock.frozen(now() + timedelta(days=30)):
            assert run(counted.job) == [("counted", 0)]
        assert run(counted.job) == [("counted", 0)]


class TestTheService:
    def test_jobs_run_at_the_start_and_then_only_while_the_database_is_used(
        self, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, direct: Connection
    ) -> None:
        idle = [3600.0]
        monkeypatch.setattr(type(current()), "idle_for", property(lambda _: idle[0]))
        counted = Counted()
        upkeep = Upkeep([counted.job], current())
        upkeep.look_every = 0.01
        upkeep.start()
        try:
            eventually(lambda: counted.times == 1)

            def is_due() -> None:
                with direct.cursor() as cursor:
                    cursor.execute("UPDATE upkeep_job SET due_at = now() - interval '1 hour'")

            is_due()
            asked = value(client, "postern_upkeep_runs_total", job="counted", outcome="done")
            threading.Event().wait(0.2)  # time to look twenty times
            assert counted.times == 1
            idle[0] = 0.0
            eventually(lambda: counted.times >= 2)
            seen = value(client, "postern_upkeep_runs_total", job="counted", outcome="done")
            assert seen > asked
        finally:
            upkeep.stop()

    def test_jobs_use_the_given_database(self) -> None:
        other = Database(get_settings())
        asked: list[Database] = []

        def work() -> int:
            asked.append(current())
            return 0

        upkeep = Upkeep([Counted(work).job], other)
        upkeep.start()
        try:
            eventually(lambda: asked == [other])
        finally:
            upkeep.stop()
            other.close()

    def test_upkeep_does_not_count_as_use_of_the_database(self, client: httpx.Client) -> None:
        database = current()
        assert client.get("/auth/sessions").status_code == 401
        before = database._used_at  # noqa: SLF001  the moment itself
        with database.in_background():
            run(Counted().job)
        assert database._used_at == before  # noqa: SLF001
        with unit_of_work():
            pass
        assert database._used_at > before  # noqa: SLF001

    def test_an_unavailable_database_only_delays_upkeep(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from src.database.errors import DatabaseUnavailable

        def away(*_: object) -> None:
            raise DatabaseUnavailable

        monkeypatch.setattr(steps, "claim", away)
        upkeep = Upkeep(JOBS, current())
        upkeep.start()
        eventually(lambda: "upkeep was postponed: database_unavailable" in caplog.text)
        upkeep.stop()

    def test_the_jobs_of_all_domains_run_at_the_start(
        self, direct: Connection, tmp_path: Path
    ) -> None:
        with service(tmp_path, {}):
            eventually(lambda: len(stored(direct)) == len(JOBS))
            eventually(lambda: all(done_at for *_, done_at in stored(direct)))
        assert {name for name, *_ in stored(direct)} == {job.name for job in JOBS}


class TestTheCommand:
    def test_the_command_runs_and_reports_what_is_due(self) -> None:
        first = postern("upkeep")
        assert (first.returncode, first.stderr) == (0, "")
        assert first.stdout.splitlines() == [
            "purge_sessions: 0 rows",
            "look_for_one_address: 0 rows",
            "purge_signing_keys: 0 rows",
            "purge_limits: 0 rows",
            "key_addresses: 0 rows",
            "purge_mail: 0 rows",
            "purge_mailed_tokens: 0 rows",
            "end_tokens_of_disabled: 0 rows",
            "purge_attempts: 0 rows",
            "seal_factors: 0 rows",
            "count_factors: 0 rows",
            "reset_factors: 0 rows",
        ]
        second = postern("upkeep")
        assert second.stdout == "No job is due, or another process is running it.\n"
