"""A copy of Postern in its own folder, with its own backend/.env, and the doctor on it."""

import atexit
import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from src.doctor.case import Case, Checkout
from src.doctor.examination import CHECKS, examine
from src.doctor.report import Check, Entry, Finding, Found, Report
from src.settings import BACKEND
from tests.support import memory, warm

SECRET_KEY = "kX3v9QmTz7LbR2wYf8NcHd5JpGs6UaVe1Zq4Bo0Ix"
COPIED = ("src", "alembic", "alembic.ini", "pyproject.toml", "diagnose_schema.py")
SCRIPTS = ("test_sqlalchemy_connection.py", "test_fastapi_flow.py")


@dataclass(frozen=True)
class Said:
    """The doctor's output and exit status."""

    code: int
    text: str
    errors: str

    @property
    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.findings]

    @property
    def findings(self) -> list[dict[str, Any]]:
        checks = self.report["checks"]
        return [finding for check in checks for finding in check.get("findings", [])]


@dataclass(frozen=True)
class Copy:
    """One checkout under test."""

    checkout: Checkout

    @property
    def backend(self) -> Path:
        return self.checkout.backend

    def write_env(self, **values: str) -> None:
        """Write backend/.env; its SECRET_KEY is good unless the test says otherwise."""
        lines = {"SECRET_KEY": SECRET_KEY, **values}
        path = self.checkout.env_file
        path.write_text("".join(f"{name}={value}\n" for name, value in lines.items() if value))
        path.chmod(0o600)

    def case(self) -> Case:
        return Case(self.checkout)

    def examine(self, *checks: Check) -> Report:
        """The doctor's report on this copy, made in this process; all checks by default."""
        return examine(self.case(), checks or CHECKS)

    def look(self, title: str) -> Entry:
        """The result of the check with this title."""
        (check,) = (check for check in CHECKS if check.title == title)
        return self.examine(check).entries[0]

    def found(self, title: str) -> Finding:
        """The only finding of the check with this title."""
        outcome = self.look(title).outcome
        assert isinstance(outcome, Found), outcome
        (finding,) = outcome.findings
        return finding

    def doctor(self, *arguments: str, **environment: str) -> Said:
        """`postern doctor` on this copy, in its own process."""
        env = self._environment(environment)
        return self._said(warm.run("src.cli", "doctor", *arguments, cwd=self.backend, env=env))

    def run(self, *arguments: str, python: str = sys.executable, **environment: str) -> Said:
        """A new interpreter with these arguments."""
        done = subprocess.run(
            (python, *arguments),
            cwd=self.backend,
            env=self._environment(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        return self._said(done)

    @staticmethod
    def _environment(given: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **given}

    @staticmethod
    def _said(done: subprocess.CompletedProcess[str]) -> Said:
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        return Said(done.returncode, done.stdout, done.stderr)


def copy(folder: Path) -> Copy:
    """The current code, without the settings and the data of this machine."""
    checkout = Checkout(folder)
    shutil.copytree(_compiled(), checkout.backend)
    shutil.copy2(BACKEND.parent / ".env.example", checkout.example)
    checkout.frontend.mkdir()
    made = Copy(checkout)
    made.write_env()
    return made


@cache
def _compiled() -> Path:
    """The code with bytecode that is good in every folder and at any time: by digest (PEP 552)."""
    folder = memory.make_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in (*COPIED, *SCRIPTS):
        source, target = BACKEND / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    by_digest = py_compile.PycInvalidationMode.CHECKED_HASH
    assert compileall.compile_dir(folder / "src", quiet=1, invalidation_mode=by_digest)
    return folder
