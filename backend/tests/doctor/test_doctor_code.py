"""The code: which copy runs, with which packages, from which bytecode, in which process."""

import importlib.util
import os
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from src.doctor import known_hashes
from src.doctor.report import Fine, NotExamined
from tests.support.checkout import Copy

STALE = "No .pyc holds old code"
SOURCELESS = "No .pyc without a source"
SERVERS = "Running servers are up to date"
BOUNDED = "Production is served by postern serve"
POSTERN_SERVE = ("postern", "serve")
PRODUCTION = {
    "API_URL": "https://api.example.com",
    "WEB_URL": "https://www.example.com",
    "DATABASE_URL": "postgresql://app:pw@db.example.com/d?sslmode=require",
}


class TestCheckout:
    def test_the_code_of_another_copy_is_a_finding(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        here = tmp_path / "mine" / "backend"
        shutil.copytree(copy.backend / "src", here / "src")
        monkeypatch.chdir(here)
        finding = copy.found("The code is from this folder")

        assert finding.condition.code == "other_checkout"
        assert str(tmp_path / "mine") in finding.evidence[0]
        assert str(copy.checkout.root) in finding.evidence[1]

    def test_a_folder_outside_of_any_copy_is_no_finding(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.chdir(tmp_path)

        assert isinstance(copy.look("The code is from this folder").outcome, Fine)


class TestPackages:
    def test_a_package_that_has_lost_files_is_a_finding(
        self, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        info = tmp_path / "halved-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: halved\nVersion: 1.0\n")
        (info / "RECORD").write_text("halved.py,,\nhalved_too.py,,\n")
        (tmp_path / "halved.py").touch()
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        finding = copy.found("The packages are complete")

        assert finding.condition.code == "packages_incomplete"
        assert finding.evidence == ("halved 1.0 lacks 1 of 2 files, such as halved_too.py",)


class TestBcrypt:
    def test_a_hash_of_only_eight_letters_is_noticed(self) -> None:
        passwords = {known: password for password, known in known_hashes.PLAIN}

        def forgetful(password: str, known: str) -> bool:
            return password[:8] == passwords[known][:8]

        assert known_hashes.wrong_answers(forgetful, known_hashes.PLAIN) == 1

    @pytest.mark.parametrize("answer", [True, False])
    def test_the_same_answer_to_everything_is_noticed(self, answer: bool) -> None:
        vectors = known_hashes.PLAIN + known_hashes.WRAPPED

        assert known_hashes.wrong_answers(lambda *_: answer, vectors) == len(vectors)

    def test_another_module_named_bcrypt_is_a_finding(self, copy: Copy) -> None:
        (copy.backend / "bcrypt.py").write_text("def checkpw(password, known): return True\n")
        said = copy.run("-m", "src.doctor", "--json")

        assert "bcrypt_wrong" in said.codes


class TestBytecode:
    def test_an_ordinary_edit_is_no_finding(self, copy: Copy) -> None:
        source = copy.backend / "src" / "kit" / "clock.py"
        py_compile.compile(str(source), doraise=True)
        source.write_text(source.read_text() + "\nADDED = 1\n")

        assert isinstance(copy.look(STALE).outcome, Fine)

    def test_correct_bytecode_is_no_finding(self, copy: Copy) -> None:
        for source in (copy.backend / "src").rglob("*.py"):
            py_compile.compile(str(source), doraise=True)

        assert isinstance(copy.look(STALE).outcome, Fine)

    def test_old_code_with_the_size_and_time_of_the_source_is_a_finding(self, copy: Copy) -> None:
        source = self.stale(copy)
        finding = copy.found(STALE)

        assert finding.condition.code == "stale_bytecode"
        assert len(finding.evidence) == 1
        assert finding.evidence[0].startswith("backend/src/kit/__pycache__/clock.cpython-3")
        assert finding.automatic
        finding.automatic.apply()
        assert isinstance(copy.look(STALE).outcome, Fine)
        assert source.is_file()

    def test_bytecode_of_another_interpreter_is_no_finding(self, copy: Copy) -> None:
        source = self.stale(copy)
        cached = Path(importlib.util.cache_from_source(source))
        cached.write_bytes(b"\x00\x00\x0d\x0a" + cached.read_bytes()[4:])

        assert isinstance(copy.look(STALE).outcome, Fine)

    def test_bytecode_that_checks_its_source_is_no_finding(self, copy: Copy) -> None:
        source = self.stale(copy, by=py_compile.PycInvalidationMode.CHECKED_HASH)

        assert source.is_file()
        assert isinstance(copy.look(STALE).outcome, Fine)

    def test_bytecode_that_never_checks_its_source_is_a_finding(self, copy: Copy) -> None:
        self.stale(copy, by=py_compile.PycInvalidationMode.UNCHECKED_HASH)

        assert copy.found(STALE).condition.code == "stale_bytecode"

    def test_a_changed_comment_is_no_finding(self, copy: Copy) -> None:
        source = copy.backend / "src" / "kit" / "clock.py"
        text = source.read_text()
        source.write_text(f"{text}# one\n")
        py_compile.compile(str(source), doraise=True)
        kept = source.stat()
        source.write_text(f"{text}# two\n")
        os.utime(source, ns=(kept.st_atime_ns, kept.st_mtime_ns))

        assert isinstance(copy.look(STALE).outcome, Fine)

    def test_bytecode_without_its_source_is_a_finding(self, copy: Copy) -> None:
        gone = copy.backend / "src" / "gone.py"
        gone.write_text("ANSWER = 42\n")
        py_compile.compile(str(gone), cfile=str(gone.with_suffix(".pyc")), doraise=True)
        gone.unlink()
        finding = copy.found(SOURCELESS)

        assert finding.condition.code == "sourceless_bytecode"
        assert finding.evidence == ("backend/src/gone.pyc",)

    def stale(self, copy: Copy, by: py_compile.PycInvalidationMode | None = None) -> Path:
        source = copy.backend / "src" / "kit" / "clock.py"
        text = source.read_text()
        source.write_text(f"{text}ANSWER = 41\n")
        py_compile.compile(str(source), doraise=True, invalidation_mode=by)
        kept = source.stat()
        source.write_text(f"{text}ANSWER = 42\n")
        os.utime(source, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        return source


@contextmanager
def running(
    copy: Copy, *options: str, as_by: tuple[str, ...] = ("uvicorn.py", "src.main:app")
) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line is that of a server of this copy."""
    program, *arguments = as_by
    wait = copy.checkout.root / program
    wait.write_text("import time\ntime.sleep(60)\n")
    command = (sys.executable, str(wait), *arguments, *options)
    with subprocess.Popen(command, cwd=copy.backend) as process:
        try:
            until = time.monotonic() + 60
            while psutil.Process(process.pid).cmdline()[-1:] != [command[-1]]:
                assert time.monotonic() < until
            yield process
        finally:
            process.kill()


def age(folder: Path, seconds: float) -> None:
    for path in (*folder.rglob("*.py"), folder / ".env"):
        os.utime(path, (time.time() - seconds,) * 2)


class TestServers:
    def test_a_server_that_started_after_the_last_change_is_no_finding(self, copy: Copy) -> None:
        age(copy.backend, 60)
        with running(copy):
            outcome = copy.look(SERVERS).outcome

        assert isinstance(outcome, Fine)
        assert outcome.seen.startswith("1 running")

    def test_a_postern_serve_that_was_not_restarted_is_a_finding(self, copy: Copy) -> None:
        age(copy.backend, 60)
        with running(copy, "--port", "8000", as_by=POSTERN_SERVE):
            os.utime(copy.checkout.env_file, (time.time() + 10,) * 2)
            finding = copy.found(SERVERS)

        assert finding.condition.code == "server_has_old_settings"

    def test_in_production_plain_uvicorn_is_a_finding(self, copy: Copy) -> None:
        copy.write_env(ENVIRONMENT="production", **PRODUCTION)
        with running(copy) as server:
            finding = copy.found(BOUNDED)

        assert finding.condition.code == "server_not_postern_serve"
        assert finding.evidence[0].startswith(f"process {server.pid} ")
        assert finding.fix.endswith("postern serve")

    def test_in_production_postern_serve_is_fine(self, copy: Copy) -> None:
        copy.write_env(ENVIRONMENT="production", **PRODUCTION)
        with running(copy, as_by=POSTERN_SERVE):
            outcome = copy.look(BOUNDED).outcome

        assert isinstance(outcome, Fine)
        assert outcome.seen.startswith("1 running")

    def test_in_development_plain_uvicorn_is_fine(self, copy: Copy) -> None:
        with running(copy, "--reload"):
            assert copy.look(BOUNDED).outcome == Fine("this is development")

    def test_a_server_with_a_hidden_folder_is_not_examined(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The system does not show the folder of another user's process."""

        def refused(process: psutil.Process) -> str:
            raise psutil.AccessDenied(process.pid)

        with running(copy):
            monkeypatch.setattr(psutil.Process, "cwd", refused)
            outcome = copy.look(SERVERS).outcome

        assert isinstance(outcome, NotExamined)
        assert "does not show the folder" in outcome.because

    def test_a_server_that_started_with_its_files_is_no_finding(self, copy: Copy) -> None:
        with running(copy):
            outcome = copy.look(SERVERS).outcome

        assert isinstance(outcome, Fine)

    def test_a_server_that_was_not_restarted_is_a_finding(self, copy: Copy) -> None:
        age(copy.backend, 60)
        with running(copy) as server:
            changed = copy.backend / "src" / "kit" / "clock.py"
            os.utime(changed, (time.time() + 10,) * 2)
            finding = copy.found(SERVERS)

        assert finding.condition.code == "server_runs_old_code"
        assert f"process {server.pid}" in finding.evidence[0]
        assert finding.evidence[1].startswith("backend/src/kit/clock.py changed at")

    def test_a_server_that_reloads_has_new_code_and_old_settings(self, copy: Copy) -> None:
        age(copy.backend, 60)
        with running(copy, "--reload"):
            os.utime(copy.backend / "src" / "kit" / "clock.py", (time.time() + 10,) * 2)
            os.utime(copy.checkout.env_file, (time.time() + 10,) * 2)
            finding = copy.found(SERVERS)

        assert finding.condition.code == "server_has_old_settings"
        assert finding.evidence[1].startswith("backend/.env changed at")

    def test_an_env_file_that_becomes_a_link_to_nothing_has_changed(self, copy: Copy) -> None:
        age(copy.backend, 60)
        with running(copy, "--reload"):
            copy.checkout.env_file.unlink()
            copy.checkout.env_file.symlink_to("nothing")
            later = (time.time() + 10,) * 2
            os.utime(copy.checkout.env_file, later, follow_symlinks=False)
            finding = copy.found(SERVERS)

        assert finding.condition.code == "server_has_old_settings"

    def test_a_server_of_another_checkout_is_ignored(self, copy: Copy, tmp_path: Path) -> None:
        other = tmp_path / "other"
        shutil.copytree(copy.checkout.root, other)
        with running(Copy(type(copy.checkout)(other))):
            assert copy.look(SERVERS).outcome == Fine("no server of this checkout is running")
