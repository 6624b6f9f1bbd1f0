"""kill -9 of the process that sends a mail, at each step: nothing is lost."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest

from src.database.database import unit_of_work
from src.kit.clock import now
from src.mail import steps
from src.mail.letters import Facts, Kind, Letter
from src.settings import BACKEND
from src.users import steps as users
from tests.support import warm
from tests.support.environment import SETTINGS
from tests.support.own_postgres import ready_made
from tests.support.scratch import Scratch
from tests.support.service import WITHIN, environment, run_postern, service
from tests.support.smtp_server import Inbox, smtp_server
from tests.support.waiting import eventually

Connection = psycopg2.extensions.connection
LEASE_IS_OVER = "UPDATE mail SET due_at = now() WHERE sent_at IS NULL"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as (inbox, port):
        inbox.port = port
        yield inbox


@pytest.fixture
def settings(scratch: Scratch, inbox: Inbox) -> dict[str, str]:
    url = f"smtp://127.0.0.1:{inbox.port}?disable_starttls=true"
    sender = "Lanterns <accounts@example.com>"
    return {**SETTINGS, **scratch.settings, "SMTP_URL": url, "MAIL_FROM": sender}


def kill_while_sending(inbox: Inbox, settings: dict[str, str], log: Path) -> None:
    with log.open("w") as out:
        process = warm.start(
            *("src.cli", "mail", "deliver"),
            cwd=BACKEND,
            env=environment(settings),
            stdout=out,
            stderr=out,
        )
    try:
        assert inbox.reached.wait(WITHIN), log.read_text()
    finally:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(WITHIN)
    inbox.let_go.set()


@pytest.mark.usefixtures("outbox")
@pytest.mark.parametrize(
    ("step", "copies"), [("EHLO", 1), ("MAIL", 1), ("RCPT", 1), ("DATA", None), ("accepted", 2)]
)
def test_a_mail_of_a_killed_process_is_sent_by_another(
    step: str,
    copies: int | None,
    inbox: Inbox,
    settings: dict[str, str],
    stored: Connection,
    tmp_path: Path,
) -> None:
    """Only a mail that was already accepted goes out again, under the same Message-ID."""
    with unit_of_work() as db:
        user = users.create(db, email="ada@example.com", password_hash=None, name=None)
        steps.post(db, Letter(Kind.PASSWORD_CHANGED, user.id, user.email, Facts(now())))
    inbox.held = step
    kill_while_sending(inbox, settings, tmp_path / "log")

    again = run_postern("mail", "deliver", settings=settings)
    assert again.stdout == "No mail is due.\n"  # until the lease is over
    with stored.cursor() as cursor:
        cursor.execute(LEASE_IS_OVER)
    again = run_postern("mail", "deliver", settings=settings)
    assert again.stdout.endswith("password_changed: sent\n"), again.stdout + again.stderr
    assert len(inbox.mails) == copies or (copies is None and len(inbox.mails) in {1, 2})
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1


def test_what_a_killed_service_had_committed_is_sent_by_the_next_one(
    inbox: Inbox, settings: dict[str, str], stored: Connection, tmp_path: Path
) -> None:
    inbox.held = "EHLO"
    with service(tmp_path, settings) as first:
        first.wait_ready()
        body = {"email": "ada@example.com", "password": "testpass123"}
        assert first.client.post("/auth/signup", json=body).status_code == 201
        assert inbox.reached.wait(WITHIN)
        first.process.kill()
        first.process.wait(WITHIN)
    inbox.let_go.set()
    with stored.cursor() as cursor:
        cursor.execute(LEASE_IS_OVER)
    with service(tmp_path, settings, name="second"):
        eventually(lambda: inbox.recipients == ["ada@example.com"])
        eventually(lambda: _is_recorded(stored))
    assert len(inbox.mails) == 1


def _is_recorded(stored: Connection, mails: int = 1) -> bool:
    with stored.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mail WHERE sent_at IS NOT NULL")
        return cursor.fetchone() == (mails,)


@pytest.mark.usefixtures("outbox")
def test_two_services_with_one_outbox_send_each_mail_once(
    inbox: Inbox, settings: dict[str, str], stored: Connection, tmp_path: Path
) -> None:
    people = [f"p{number}@example.com" for number in range(30)]
    with unit_of_work() as db:
        for email in people:
            user = users.create(db, email=email, password_hash=None, name=None)
            steps.post(db, Letter(Kind.PASSWORD_CHANGED, user.id, user.email, Facts(now())))
    inbox.held = "EHLO"
    with service(tmp_path, settings), service(tmp_path, settings, name="second"):
        eventually(lambda: inbox.connections == 2)  # each of them sends one now
        inbox.let_go.set()
        eventually(lambda: _is_recorded(stored, len(people)))
    assert sorted(inbox.recipients) == sorted(people)


def test_a_slow_mail_server_delays_no_request_and_holds_no_transaction(
    inbox: Inbox, settings: dict[str, str], stored: Connection, tmp_path: Path
) -> None:
    inbox.held = "DATA"
    with service(tmp_path, settings) as running:
        running.wait_ready()
        people = [{"email": f"p{number}@example.com"} for number in range(3)]
        for person in people:
            body = {**person, "password": "testpass123"}
            assert running.client.post("/auth/signup", json=body).status_code == 201
        assert inbox.reached.wait(WITHIN)
        for person in people:
            asked = running.client.post("/auth/password/forgot", json=person)
            assert asked.status_code == 202
        eventually(lambda: _transactions(stored) == 0)
        with stored.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM (SELECT 1 FROM mail FOR UPDATE NOWAIT) AS free")
            assert cursor.fetchone() == (2 * len(people),)
        assert inbox.mails == []  # the server still holds the first one
        inbox.let_go.set()
        eventually(lambda: _is_recorded(stored, 2 * len(people)))
    assert len(inbox.mails) == 2 * len(people)


def _transactions(stored: Connection) -> int:
    """Those that are open in the database, but for the one that asks."""
    with stored.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
        [(count,)] = cursor.fetchall()
    return int(count)


def test_a_database_that_restarts_while_a_mail_is_sent_loses_none(
    inbox: Inbox, settings: dict[str, str], tmp_path: Path
) -> None:
    postgres = ready_made(migrated=True)
    try:
        inbox.held = "DATA"
        own = {"DATABASE_URL": postgres.text(), "DATABASE_URL_UNPOOLED": postgres.text()}
        with service(tmp_path, settings | own) as running:
            running.wait_ready()
            for number in range(2):
                body = {"email": f"p{number}@example.com", "password": "testpass123"}
                assert running.client.post("/auth/signup", json=body).status_code == 201
            assert inbox.reached.wait(WITHIN)
            postgres.stop()
            postgres.start()
            inbox.let_go.set()
            # If the outcome of the first one could not be stored, it goes out again: once.
            eventually(lambda: len({mail["Message-ID"] for mail in inbox.mails}) == 2)
            postgres.sql(LEASE_IS_OVER, "service")
            recorded = "SELECT count(*) FROM mail WHERE sent_at IS NOT NULL"
            eventually(lambda: postgres.sql(recorded, "service") == [(2,)])
        assert len(inbox.mails) in {2, 3}
    finally:
        postgres.close()
