"""The doctor asks for breached passwords as the service does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from src.doctor.report import Fine
from src.passwords.breached.ranges import digest_of
from tests.support.checkout import Copy
from tests.support.ports import free_port
from tests.support.range_server import RangeServer, line_of, range_server, send

TITLE = "The list of breached passwords can be used"


@pytest.fixture
def server(copy: Copy) -> Iterator[RangeServer]:
    with range_server() as running:
        copy.write_env(BREACHED_PASSWORDS="range-api", BREACHED_PASSWORDS_URL=running.url)
        yield running


@pytest.fixture
def listed(copy: Copy, tmp_path: Path) -> Path:
    path = tmp_path / "breached.txt"
    copy.write_env(BREACHED_PASSWORDS="file", BREACHED_PASSWORDS_FILE=str(path))
    return path


def test_off_says_so(copy: Copy) -> None:
    copy.write_env()
    outcome = copy.look(TITLE).outcome
    assert outcome == Fine("it is off: only the built-in list is checked")


def test_a_server_that_knows_breached_passwords(copy: Copy, server: RangeServer) -> None:
    server.lines = [line_of("password")]
    assert copy.look(TITLE).outcome == Fine(f"{server.url} knows the word `password`")
    assert server.asked[0][0] == "/range/5BAA6"


def test_a_server_with_another_list(copy: Copy, server: RangeServer) -> None:
    finding = copy.found(TITLE)
    assert finding.condition.code == "breached_passwords_unreachable"
    assert finding.evidence == (
        f"BREACHED_PASSWORDS_URL is {server.url}: it does not know the word `password`",
    )


def test_a_server_with_bad_answers(copy: Copy, server: RangeServer) -> None:
    server.act = send(b"<html>", 403)
    finding = copy.found(TITLE)
    assert finding.condition.code == "breached_passwords_unreachable"
    assert finding.evidence[0].endswith("the status of the answer is 403")


def test_a_server_that_cannot_be_reached(copy: Copy) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    copy.write_env(BREACHED_PASSWORDS="range-api", BREACHED_PASSWORDS_URL=url)
    finding = copy.found(TITLE)
    assert finding.condition.code == "breached_passwords_unreachable"
    assert "does not answer (ConnectError)" in finding.evidence[0]


def test_a_sorted_file(copy: Copy, listed: Path) -> None:
    listed.write_text(f"{'0' * 40}:1\n{digest_of('password')}:9\n{'F' * 40}:1\n")
    assert copy.look(TITLE).outcome == Fine(f"the hashes of {listed} go from 00000… to FFFFF…")


def test_a_file_that_is_not_there(copy: Copy, listed: Path) -> None:
    finding = copy.found(TITLE)
    assert finding.condition.code == "breached_passwords_file_missing"
    assert finding.evidence[0].startswith(str(listed))


@pytest.mark.parametrize(
    "content", ["", f"{'F' * 40}:1\n{'0' * 40}:1\n", "copper door\n", f"{'0' * 40}:1\n"]
)
def test_a_file_that_cannot_be_used(copy: Copy, listed: Path, content: str) -> None:
    listed.write_text(content)
    assert copy.found(TITLE).condition.code == "breached_passwords_file_unsorted"
