"""With LOG_FORMAT=json each line of the service is one JSON object, from the first to the last."""

import json
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest

from src.settings import BACKEND
from src.web import logs
from tests.support.environment import SETTINGS, shared_database
from tests.support.raw_http import exchange, request
from tests.support.service import WITHIN, Service, service

JSON = {"LOG_FORMAT": "json"}
BODY = {"email": "ada@example.com", "password": "testpass123"}


def lines_of(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines()]


@pytest.fixture
def broken(client: httpx.Client, direct: psycopg2.extensions.connection) -> Iterator[None]:
    """The database refuses new accounts, for a reason that nobody foresaw."""
    assert client.get("/livez").status_code == 200  # its tables are wiped afterwards
    with direct.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'two\nlines' USING ERRCODE = 'XX000'; END $$; "
            'CREATE TRIGGER refuse BEFORE INSERT ON "user" EXECUTE FUNCTION refuse()'
        )
    yield
    with direct.cursor() as cursor:
        cursor.execute("DROP FUNCTION refuse CASCADE")


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("workers", [1, 2])
def test_every_line_of_a_whole_run_is_json(tmp_path: Path, workers: int) -> None:
    flags = ("--workers", str(workers))
    with service(tmp_path, JSON, flags=flags) as running:
        running.wait_ready()
        assert running.client.post("/auth/signup", json=BODY).status_code == 500
        assert running.client.post("/auth/signin", json=BODY).status_code == 401
        assert running.client.get("/no%E2%80%A8where%1B%5B31m").status_code == 404
        assert exchange(running.port, b"no HTTP\r\n\r\n").only.status == 400
        assert exchange(running.port, request("GET /no HTTP/1.1", "Upgrade: x")).only.status == 404
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(WITHIN)
        lines = lines_of(running.log)
    said = " ".join(line["message"] for line in lines)
    for words in ("Started server process", "/auth/signup", "Invalid HTTP", "Finished server proc"):
        assert words in said
    [refused] = [line for line in lines if line.get("event") == "signin.refused"]
    assert refused["client"] == "127.0.0.1"
    assert len(refused["request_id"]) > 8
    assert [line for line in lines if "Traceback" in line.get("exception", "")]
    assert all(line["at"].endswith("+00:00") for line in lines)


def failed_start(tmp_path: Path, settings: dict[str, str]) -> tuple[int, str]:
    everything = {**SETTINGS, **shared_database(), **settings}
    starting = Service(BACKEND, tmp_path / "service.log", everything)
    code = starting.process.wait(WITHIN)
    starting.client.close()
    return code, starting.log


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BCRYPT_ROUNDS": "tulip"}, "BCRYPT_ROUNDS (from the process environment)"),
        ({"DATABASE_URL": "postgresql://u:tulip@h:port/x"}, "DATABASE_URL"),
        ({"LOG_LEVEL": "tulip"}, "LOG_LEVEL"),
    ],
)
def test_settings_that_cannot_be_used_are_a_line_of_json(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    code, log = failed_start(tmp_path, {**JSON, **settings})
    assert code == 1
    [line] = lines_of(log)
    assert (line["level"], words in line["message"]) == ("critical", True)
    assert "tulip" not in log


def test_a_port_that_is_taken_is_a_line_of_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("tests.support.service.free_port", lambda: taken.getsockname()[1])
        code, log = failed_start(tmp_path, JSON)
    assert code != 0
    assert "address already in use" in " ".join(line["message"] for line in lines_of(log))


class TestALine:
    @pytest.fixture
    def written(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> Iterator[Any]:
        root = logging.getLogger()
        before, level = root.handlers[:], root.level
        hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        monkeypatch.setenv("LOG_FORMAT", "json")
        with logs.from_the_first_line():
            yield lambda: lines_of(capsys.readouterr().err)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)

    def test_holds_what_json_has_no_form_for(self, written: Any) -> None:
        logging.getLogger("x").warning("half a character \ud800", extra={"fields": {"a": {1}}})
        [line] = written()
        assert (line["message"], line["a"]) == ("half a character \ud800", "{1}")

    def test_of_a_thread_that_failed(self, written: Any) -> None:
        def fail() -> None:
            raise RuntimeError("two\nlines")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        [line] = written()
        assert line["exception"].endswith("RuntimeError: two\nlines")

    def test_of_an_exception_that_nobody_caught(self, written: Any) -> None:
        error = RuntimeError()
        sys.excepthook(type(error), error, None)
        [line] = written()
        assert (line["level"], line["message"]) == ("critical", "unexpected error")
