"""The commands work in a folder whose name has spaces and a percent sign."""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.settings import BACKEND
from tests.support import databases
from tests.support.environment import SETTINGS
from tests.support.service import environment

ROOT = BACKEND.parent
NAME = "my 100% project"
NOT_COPIED = (
    *(".git", ".venv*", ".tools", ".env", ".data", ".next", "node_modules", "test-results"),
    *("__pycache__", ".*_cache", ".hypothesis"),
)
# As uv and pip write them if the interpreter's path has a space.
SCRIPT = """#!/bin/sh
'''exec' '{python}' "$0" "$@"
' '''
import sys
from {module} import {function}
sys.exit({function}())
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that is set up, with the same packages as this project."""
    project = tmp_path_factory.mktemp("folder") / NAME
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (project / ".tools" / "bin").mkdir(parents=True)
    (project / ".tools" / "bin" / "uv").touch()
    node = ROOT / ".tools" / "node"
    if node.exists():
        (project / ".tools" / "node").symlink_to(node)
    set_up_backend(project / "backend")
    modules = project / "node_modules"
    modules.mkdir()
    for package in (ROOT / "node_modules").iterdir():
        if package.name != ".ready":
            (modules / package.name).symlink_to(package)
    (modules / ".ready").touch()
    return project


def set_up_backend(backend: Path) -> None:
    """Its own environment, with this project's packages and the copy's code."""
    venv.create(backend / ".venv", symlinks=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(backend / ".venv")})
    Path(packages, "paths.pth").write_text(f"{sysconfig.get_path('purelib')}\n{backend}\n")
    programs = backend / ".venv" / "bin"
    for name, module, function in (
        ("postern", "src.cli", "app"),
        ("alembic", "alembic.config", "main"),
    ):
        text = SCRIPT.format(python=programs / "python", module=module, function=function)
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (programs / "ruff").symlink_to(Path(sys.executable).parent / "ruff")
    (backend / ".venv" / ".ready").touch()


@pytest.fixture
def database(project: Path) -> Iterator[str]:
    """An empty database that the copy's settings name."""
    with databases.database("folder_names") as url:
        settings = {**SETTINGS, "WEB_URL": "http://localhost:3000", "DATABASE_URL": url}
        env_file = project / "backend" / ".env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        env_file.chmod(0o600)
        yield url


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VIRTUAL_ENV", "PYTHONPATH")
    env = {name: value for name, value in environment({}).items() if name not in outer}
    return subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def make(project: Path, *arguments: str) -> str:
    done = run("make", *arguments, cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Setting up" not in done.stdout
    return done.stdout


class TestACheckoutWithSpacesInItsPath:
    def test_its_database_is_migrated_and_its_doctor_finds_nothing_wrong(
        self, project: Path, database: str
    ) -> None:
        make(project, "migrate")
        report = json.loads(make(project, "doctor", "ARGS=--json"))

        assert report["exit_code"] == 0, report
        assert str(project) in report["subject"]
        assert databases.execute(database, "SELECT count(*) FROM instance") == [(1,)]

    @pytest.mark.usefixtures("database")
    def test_a_migration_can_be_written(self, project: Path) -> None:
        make(project, "migrate")
        models = project / "backend" / "src" / "models" / "user.py"
        before = models.read_text()
        versions = project / "backend" / "alembic" / "versions"
        known = set(versions.glob("*.py"))
        try:
            field = "    nickname: str | None = None\n"
            models.write_text(before.replace("    name: ", f"{field}    name: ", 1))
            make(project, "migration", "m=add a nickname")
            (written,) = set(versions.glob("*.py")) - known
            text = written.read_text()
            written.unlink()
        finally:
            models.write_text(before)

        assert "nickname" in text
        assert '"""add a nickname' in text.casefold()
        assert "'" not in text  # it was formatted

    def test_the_service_migrates_automatically(self, project: Path, database: str) -> None:
        done = run(".venv/bin/postern", "migrate", cwd=project / "backend")

        assert done.returncode == 0, done.stderr
        assert databases.execute(database, "SELECT count(*) FROM instance") == [(1,)]

    def test_the_types_of_the_web_app_are_generated(self, project: Path) -> None:
        types = project / "frontend" / "src" / "api" / "schema.d.ts"
        expected = types.read_text()
        types.write_text("// to be written\n")
        make(project, "openapi")

        assert types.read_text() == expected

    def test_the_web_apps_unit_tests_run(self, project: Path) -> None:
        frontend = project / "frontend"
        done = run("npx", "vitest", "run", "src/session/cookies.test.ts", cwd=frontend)

        assert done.returncode == 0, done.stdout + done.stderr

    def test_no_other_recipe_contains_the_folders_path(self, project: Path) -> None:
        recipes = run(
            *("make", "--dry-run", "--always-make", "dev", "test", "check", "format", "lock"),
            *("bench", "flame", "clean", "test-backend", "test-elsewhere", "test-e2e", "build-web"),
            cwd=project,
        )

        assert recipes.returncode == 0, recipes.stderr
        assert "scripts/dev.py" in recipes.stdout
        assert NAME not in recipes.stdout
