"""`postern mail`, and what removes old mails."""

import subprocess
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest

from src.database.database import unit_of_work
from src.kit.clock import now
from src.mail.letters import Kind
from src.mail.upkeep import purge_batch
from src.mail.words import OURS
from src.models import Mail
from tests.support.commands import postern
from tests.support.scratch import Scratch

Connection = psycopg2.extensions.connection


pytestmark = pytest.mark.usefixtures("outbox")


def put(**values: object) -> None:
    with unit_of_work() as db:
        mail = {"kind": "reset_password", "recipient": "a@b.c", "language": "en", "sealed": "x"}
        db.add(Mail.model_validate({"message_id": str(now()), **mail, **values}))


def run(scratch: Scratch, *arguments: str) -> subprocess.CompletedProcess[str]:
    return postern("mail", *arguments, settings=scratch.settings)


def test_what_waits_or_was_given_up_is_listed_and_sent_again(scratch: Scratch) -> None:
    put(parked_at=now(), fault="the recipient was refused (550)", attempts=1)
    listed = run(scratch, "list").stdout
    assert listed == (
        "1 reset_password to a@b.c, parked, 1 attempts: the recipient was refused (550)\n"
    )
    assert run(scratch, "retry").stdout == "1 mails are due again.\n"
    assert "due 20" in run(scratch, "list").stdout
    assert run(scratch, "drop", "1").stdout == "1 mails were dropped.\n"
    assert run(scratch, "list").stdout == ""


def test_a_mail_that_this_process_cannot_read_waits_for_one_that_can(
    scratch: Scratch, stored: Connection
) -> None:
    put()
    done = run(scratch, "deliver")
    assert (done.returncode, done.stdout) == (0, "No mail is due.\n")
    with stored.cursor() as cursor:
        cursor.execute("SELECT fault FROM mail WHERE parked_at IS NULL AND due_at > now()")
        assert cursor.fetchall() == [("this release or this SECRET_KEY cannot read it",)]


def test_a_preview_has_every_kind_in_every_language(scratch: Scratch, tmp_path: Path) -> None:
    done = run(scratch, "preview", str(tmp_path))
    assert done.returncode == 0, done.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        f"{kind}.{language}.{ending}"
        for kind in Kind
        for language in OURS
        for ending in ("html", "txt")
    }


def test_a_preview_says_how_long_the_link_of_each_kind_is_valid(
    scratch: Scratch, tmp_path: Path
) -> None:
    assert run(scratch, "preview", str(tmp_path)).returncode == 0
    for kind, lifetime in (
        ("verify_email", "one day"),
        ("confirm_email", "one day"),
        ("reset_password", "30 minutes"),
        ("magic_link", "10 minutes"),
    ):
        assert f"valid for {lifetime}" in (tmp_path / f"{kind}.en.txt").read_text()


def test_old_mails_are_removed() -> None:
    put(sent_at=now() - timedelta(days=8))
    put(sent_at=now() - timedelta(days=6))
    put(parked_at=now() - timedelta(days=31))
    put()
    with unit_of_work() as db:
        assert purge_batch(db) == 2
