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


def _is_recorded(stored: Connection) -> bool:
    with stored.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mail WHERE sent_at IS NOT NULL")
        return cursor.fetchone() == (1,)
