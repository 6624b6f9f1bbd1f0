"""What `make faults` counts, and how it disturbs a connection. Nothing here takes a time."""

import socket
import threading
from importlib import import_module
from typing import Any

import pytest

from src.settings import BACKEND

BEGAN, ENDED = 10.0, 15.0
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


@pytest.fixture
def tally(bench: Any) -> Any:  # noqa: ARG001  it makes the package importable
    return import_module("bench.faults.tally")


@pytest.fixture
def faults(bench: Any) -> Any:  # noqa: ARG001
    return import_module("bench.faults.__main__")


def outcome(
    tally: Any, *answers: tuple[str, float, float], lost: tuple[str, ...] = (), unasked: int = 0
) -> Any:
    """Of a fault from BEGAN to ENDED. Each answer: what it said, and when it was sent and came."""
    made = [
        tally.Answer(said, said[:1] == "2", sent, came, "GET /") for said, sent, came in answers
    ]
    return tally.Outcome("a fault", made, BEGAN, ENDED, tally.Kept(30, lost, unasked))


class TestAnOutcome:
    def test_counts_what_was_sent_from_the_start_until_all_was_well(self, tally: Any) -> None:
        found = outcome(
            tally,
            ("200", 9.0, 9.1),
            ("503 overloaded", 10.0, 10.2),
            ("503 overloaded", 12.0, 12.2),
            ("cut off", 16.0, 16.1),
            ("200", 15.5, 15.6),
            ("200", 17.0, 17.1),
        )

        assert found.seen() == {"503 overloaded": 2, "cut off": 1, "200": 1}

    def test_gives_the_first_success_and_the_last_failure_after_the_fault(self, tally: Any) -> None:
        found = outcome(
            tally,
            ("200", 12.0, 12.5),
            ("200", 14.0, 15.5),
            ("not connected", 16.0, 16.25),
            ("200", 17.0, 17.1),
        )

        assert found.first_success() == 0.5
        assert found.last_failure() == 1.0

    def test_takes_the_times_of_successes_alone(self, tally: Any) -> None:
        found = outcome(
            tally,
            ("200", 9.0, 9.5),
            ("503 overloaded", 9.0, 9.9),
            ("200", 10.0, 11.0),
            ("201", 15.0, 15.25),
        )

        assert found.latencies() == ([500.0], [1000.0], [250.0])

    @pytest.mark.parametrize(
        ("answers", "lost", "mistakes"),
        [
            ([("200", 15.0, 15.1)], (), []),
            ([("200", 15.0, 15.1)], ("a name is missing",), ["a name is missing"]),
            ([("500 x", 11.0, 11.1), ("200", 15.0, 15.1)], (), ["GET /: 500 x"]),
            ([("200", 11.0, 11.1)], (), ["no success after the fault"]),
        ],
    )
    def test_names_what_must_never_be(
        self,
        tally: Any,
        answers: list[tuple[str, float, float]],
        lost: tuple[str, ...],
        mistakes: list[str],
    ) -> None:
        assert outcome(tally, *answers, lost=lost).mistakes() == mistakes


class TestTheTable:
    def test_a_row_has_a_cell_for_each_head(self, tally: Any) -> None:
        found = outcome(
            tally, ("503 overloaded", 11.0, 11.5), ("200", 15.1, 15.2), lost=("x",), unasked=2
        )

        assert tally.row(found) == (
            "| a fault | 1 × 503 overloaded | 0.5 | 1 of 30 | 2 | 0.2 | none "
            "| none | none | 100 / 100 |"
        )
        assert {line.count("|") for line in tally.head().splitlines()} == {len(tally.HEADS) + 1}

    def test_a_service_that_does_not_recover_is_shown(self, tally: Any) -> None:
        assert "| never | 5.0 |" in tally.row(outcome(tally, ("cut off", 20.0, 20.1)))


def test_what_is_lost_was_acknowledged_and_is_missing(tally: Any) -> None:
    changes = {
        ("ada@example.com", None): True,
        ("ada@example.com", "Ada"): True,
        ("ada@example.com", "Countess"): False,
        ("bob@example.com", None): True,
        ("bob@example.com", "Bob"): True,
        ("cy@example.com", None): False,
    }
    saved = {("ada@example.com", None), ("ada@example.com", "Ada"), ("ada@example.com", "Countess")}

    assert tally.compared(changes, saved) == (
        ["bob@example.com: the sign-up is missing", "bob@example.com: Bob is missing"],
        1,
    )


@pytest.mark.usefixtures("bench")
class TestAWire:
    def test_loses_the_answer_to_the_first_commit_and_the_third_itself(self) -> None:
        arrived: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=self.serve, args=(server, arrived), daemon=True).start()
            wire = import_module("bench.faults.wire").Wire(server.getsockname()[1])
            wire.cuts_commits = True
            answers = [self.sent(wire.port) for _ in range(5)]
            wire.close()

        assert answers == [b"", b"done", b"", b"done", b"done"]
        assert arrived == [COMMIT, COMMIT, b"", COMMIT, COMMIT]

    def serve(self, server: socket.socket, arrived: list[bytes]) -> None:
        for _ in range(5):
            connection, _ = server.accept()
            with connection:
                arrived.append(connection.recv(100))
                connection.sendall(b"done")

    def sent(self, port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(COMMIT)
            return connection.recv(100)


class TestTheFaults:
    def test_the_docs_say_what_is_done_and_what_was_seen(self, faults: Any) -> None:
        page = (BACKEND.parent / "docs" / "reliability.md").read_text()
        names = faults.BY_NAME

        assert [name for name in names if faults.what_is_done(name) not in page] == []
        assert [name for name in names if page.count(f"| {faults.title(name)} |") < 2] == []

    def test_the_docs_have_the_table_as_it_is_printed(self, tally: Any) -> None:
        assert tally.head() in (BACKEND.parent / "docs" / "reliability.md").read_text()
