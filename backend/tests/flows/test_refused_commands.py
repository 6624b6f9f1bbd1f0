"""A command that the database refuses ends with a sentence, whatever the reason is."""

import pytest

from tests.support.ports import free_port
from tests.support.scratch import Scratch
from tests.support.service import run_postern

WRITING = [("keys", "rotate"), ("purge",), ("limits", "forget", "ada@example.com")]
ALL = [*WRITING, ("keys", "list"), ("keys", "retire", "abc")]
NO_WRITES = "".join(
    f"ALTER TABLE {table} RENAME TO real_{table};"  # noqa: S608  the names are below
    f"CREATE VIEW {table} AS SELECT DISTINCT * FROM real_{table};"
    for table in ("signing_key", "session", "failure_streak", "rate_limit")
)
"""Views instead of tables: they cause an error that our code does not foresee."""


def refusal(command: tuple[str, ...], settings: dict[str, str]) -> str:
    done = run_postern(*command, settings=settings)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_a_command_on_an_empty_database_ends_with_a_sentence(
    empty: Scratch, command: tuple[str, ...]
) -> None:
    assert "make doctor" in refusal(command, empty.settings)


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_command_with_an_unforeseen_error_ends_with_a_sentence(
    scratch: Scratch, command: tuple[str, ...]
) -> None:
    scratch.sql(NO_WRITES)
    assert "view" in refusal(command, scratch.settings)


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_a_command_without_a_server_ends_with_a_sentence(command: tuple[str, ...]) -> None:
    url = f"postgresql://app@127.0.0.1:{free_port()}/db"
    assert "make doctor" in refusal(command, {"DATABASE_URL": url})
