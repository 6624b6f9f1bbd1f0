"""`make dev`, really run in a copy of the project, with a small server instead of Next."""

import contextlib
import importlib.util
import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from src.settings import BACKEND
from tests.support.migration import add_migration
from tests.support.ports import free_port
from tests.support.service import checkout, environment

ROOT = BACKEND.parent
# It answers like a web app, and starts its own worker, as Next does.
WEB_APP = """
const { spawn } = require("node:child_process");
const http = require("node:http");
spawn("sleep", ["600"], { stdio: "ignore" });
const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
const { APP_NAME, API_URL, WEB_URL, WORDS, BRAND_COLOR, THEME } = process.env;
const settings = JSON.stringify({ APP_NAME, API_URL, WEB_URL, WORDS, BRAND_COLOR, THEME });
http.createServer((_, answer) => answer.end(settings)).listen(port);
"""


@pytest.fixture
def house(folder: Path) -> Path:
    """A copy of the files that `make dev` needs, so that the developer's data is not touched."""
    folder /= "my 100% project"
    checkout(folder)
    example = (ROOT / ".env.example").read_text()
    own = f"APP_NAME=Lantern & Sons\nBRAND_COLOR=#0b5fff\nWORDS={folder}\n"
    (folder / ".env.example").write_text(example + own)
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "dev.py", folder / "scripts")
    next_js = folder / "node_modules" / "next" / "dist" / "bin" / "next"
    next_js.parent.mkdir(parents=True)
    (folder / "frontend").mkdir()
    next_js.write_text(WEB_APP)
    return folder


class Dev:
    """A running `make dev`, and its output so far."""

    def __init__(
        self,
        house: Path,
        api_port: int,
        web_port: int,
        output: int | None = None,
        **settings: str,
    ) -> None:
        self.house, self.api_port, self.web_port = house, api_port, web_port
        self.said_to = house / "said.txt"
        env = environment({"API_PORT": str(api_port), "WEB_PORT": str(web_port)})
        env |= settings | {"PYTHONPATH": str(house / "backend")}
        with self.said_to.open("w") as file:
            self.process = subprocess.Popen(
                (sys.executable, house / "scripts" / "dev.py"),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=file if output is None else output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.said_to.read_text(errors="replace")

    def wait_for(self, words: str, within: float = 120) -> None:
        until = time.monotonic() + within
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def processes(self) -> list[psutil.Process]:
        """All processes that it started, including the database's, which have no parent there."""
        descendants = psutil.Process(self.process.pid).children(recursive=True)
        data = str(self.house / "backend" / ".data" / "postgres")
        postgres = [
            each
            for each in psutil.process_iter(["cmdline"])
            if data in (each.info["cmdline"] or ())
        ]
        return [*descendants, *postgres, *(child for each in postgres for child in children(each))]


@pytest.fixture
def a_drop(house: Path) -> None:
    """A new migration that drops a table that no migration has made."""
    add_migration(house / "backend", "DROP TABLE IF EXISTS orders")


@pytest.fixture
def dev(house: Path, request: pytest.FixtureRequest) -> Iterator[Dev]:
    """A running one. At the end it gets the signal of `ends_by`, and leaves no process behind."""
    running = Dev(house, free_port(), free_port())
    try:
        running.wait_for("Ctrl-C stops all of it")
        yield running
    finally:
        by_itself = running.process.poll() is not None
        started = [] if by_itself else running.processes()
        running.process.send_signal(getattr(request, "param", signal.SIGTERM))
        ended_with = running.process.wait(60)
    assert by_itself or ended_with == 0
    assert still_there(started) == []


def ends_by(number: signal.Signals) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("dev", [number], indirect=True)


def children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.children()
    return []


def named(name: str, processes: list[psutil.Process]) -> list[psutil.Process]:
    """The processes of this name; some of the others may have ended."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() == name:
                found.append(process)
    return found


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=30)
    return alive


class TestDev:
    @ends_by(signal.SIGHUP)
    def test_make_dev_prints_all_addresses_and_makes_settings_with_a_new_key(
        self, dev: Dev
    ) -> None:
        assert f"http://localhost:{dev.web_port}" in dev.said
        assert f"http://localhost:{dev.api_port}" in dev.said
        assert f"http://localhost:{dev.web_port}/dev/mail" in dev.said
        assert "backend/.data/postgres" in dev.said
        signup = {"email": "first@example.com", "password": "testpass123"}
        address = f"http://127.0.0.1:{dev.api_port}/auth/signup"
        assert httpx.post(address, json=signup).status_code == 201
        assert httpx.get(f"http://localhost:{dev.web_port}").json() == {
            "APP_NAME": "Lantern & Sons",
            "API_URL": f"http://localhost:{dev.api_port}",
            "WEB_URL": f"http://localhost:{dev.web_port}",
            "BRAND_COLOR": "#0b5fff",
            "THEME": "arch",
            "WORDS": str(dev.house),
        }

        settings = dev.house / "backend" / ".env"
        text = settings.read_text()
        key = re.search(r"^SECRET_KEY=(.+)$", text, re.MULTILINE)
        assert stat.S_IMODE(settings.stat().st_mode) == 0o600
        assert key
        assert len(key[1]) >= 43
        assert key[1] not in dev.said
        assert text.replace(key[1], "") == (dev.house / ".env.example").read_text()

    def test_a_missing_example_leaves_no_empty_settings_behind(self, house: Path) -> None:
        (house / ".env.example").unlink()
        dev = Dev(house, free_port(), free_port())

        assert dev.process.wait(60) == 1
        assert "git restore .env.example" in dev.said
        assert not (house / "backend" / ".env").exists()

    @pytest.mark.parametrize("kind", ["folder", "link to nothing"])
    def test_nothing_starts_if_the_settings_are_not_a_file(self, house: Path, kind: str) -> None:
        settings = house / "backend" / ".env"
        settings.mkdir() if kind == "folder" else settings.symlink_to("nothing")
        dev = Dev(house, free_port(), free_port())

        assert dev.process.wait(60) == 1
        assert f"backend/.env cannot be read: it is a {kind}" in dev.said
        assert not (house / "backend" / ".data").exists()

    def test_an_example_that_cannot_be_read_is_named(self, house: Path) -> None:
        (house / ".env.example").unlink()
        (house / ".env.example").mkdir()
        dev = Dev(house, free_port(), free_port())

        assert dev.process.wait(60) == 1
        assert "backend/.env cannot be made: Is a directory" in dev.said
        assert "Traceback" not in dev.said

    @ends_by(signal.SIGINT)
    def test_ctrl_c_leaves_no_process_behind(self, dev: Dev) -> None:
        started = dev.processes()

        assert all(named(name, started) for name in ("node", "postgres", "sleep"))

    def test_no_process_is_left_behind_when_the_terminal_is_closed(self, house: Path) -> None:
        terminal, inside = pty.openpty()
        dev = Dev(house, free_port(), free_port(), output=inside)
        os.close(inside)
        said = b""
        while b"Ctrl-C stops all of it" not in said:
            said += os.read(terminal, 4096)
        started = dev.processes()

        os.close(terminal)

        assert dev.process.wait(60) == 0
        assert started
        assert still_there(started) == []

    def test_if_one_part_ends_it_is_named_and_the_others_stop(self, dev: Dev) -> None:
        started = dev.processes()
        named("node", started)[0].kill()

        assert dev.process.wait(60) == 1
        assert "The web process ended by itself" in dev.said
        assert still_there(started) == []

    @ends_by(signal.SIGTERM)
    @pytest.mark.usefixtures("a_drop")
    def test_a_migration_that_drops_a_table_waits_for_make_migrate(self, dev: Dev) -> None:
        words = "Migration ffff00000001 (Do something) drops the table orders"
        assert f"{words}, so it is not applied automatically." in dev.said
        assert "The API is not ready" in dev.said


def test_a_port_does_not_replace_an_address_that_was_set(house: Path) -> None:
    (house / "backend" / ".env").write_text("WEB_URL=http://localhost:9000\nSECRET_KEY=a-key\n")
    issuer = "http://api.localhost:8000"
    dev = Dev(house, free_port(), free_port(), API_URL=issuer)
    try:
        dev.wait_for("Ctrl-C stops all of it")
        web = httpx.get(f"http://localhost:{dev.web_port}").json()
        said = httpx.get(f"http://localhost:{dev.api_port}/.well-known/openid-configuration").json()
    finally:
        dev.process.terminate()
        assert dev.process.wait(60) == 0
    assert web["WEB_URL"] == "http://localhost:9000"
    # The web app reaches the API at its port, whatever its public address is.
    assert web["API_URL"] == f"http://localhost:{dev.api_port}"
    assert said["issuer"] == issuer


class TestTakenPort:
    def test_a_taken_port_is_named_with_its_process_and_another_port(self, house: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            dev = Dev(house, port, free_port())

            assert dev.process.wait(60) == 1
        assert f"Port {port} is taken by" in dev.said
        assert f"{' '.join(psutil.Process().cmdline())})" in dev.said
        assert f"(process {os.getpid()}: " in dev.said
        assert re.search(r"make dev API_PORT=\d+", dev.said)
        assert not (house / "backend" / ".env").exists()

    def test_a_port_that_is_not_a_number_is_refused_with_an_example(self, house: Path) -> None:
        env = os.environ | {"API_PORT": "http", "PYTHONPATH": str(house / "backend")}
        refused = subprocess.run(
            (sys.executable, house / "scripts" / "dev.py"),
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

        assert refused.returncode == 1
        assert "API_PORT=http is no port: make dev API_PORT=8001" in refused.stdout


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("APP_NAME=Lanterns\n", True),
        ("SECRET_KEY=\n", True),
        ("# SECRET_KEY=x\n", True),
        ("SECRET_KEY=a-key\n", False),
        ("export SECRET_KEY='a-key'\n", False),
    ],
)
def test_a_settings_file_without_a_key_is_named(
    written: str,
    says: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = importlib.util.spec_from_file_location("dev_script", ROOT / "scripts" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "dev_script", script)
    spec.loader.exec_module(script)
    file = tmp_path / ".env"
    file.write_text(written)
    monkeypatch.setattr(script, "ENV_FILE", file)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    script.make_env_file()
    assert ("has no SECRET_KEY" in capsys.readouterr().out) is says
    assert file.read_text() == written
