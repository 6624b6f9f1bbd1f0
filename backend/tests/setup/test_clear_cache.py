"""clear_cache removes files that can be made again, counts them, and leaves everything else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from src.settings import BACKEND

GOES = ("src/__pycache__/main.cpython-311.pyc", "src/legacy.pyc", ".mypy_cache/3.11/cache.json")
STAYS = (
    "src/main.py",
    ".env",
    ".venv/lib/__pycache__/six.cpython-311.pyc",
    ".venv-3.13/lib/six.pyc",
    ".data/postgres/base/1.pyc",
)


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    backend = tmp_path / "my backend"
    for name in (*GOES, *STAYS):
        path = backend / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shutil.copy(BACKEND / "clear_cache.sh", backend)
    return backend


def clear(backend: Path) -> str:
    return subprocess.run(
        ("bash", "clear_cache.sh"), cwd=backend, capture_output=True, text=True, check=True
    ).stdout


class TestClearCache:
    def test_caches_are_removed_and_everything_else_stays(self, backend: Path) -> None:
        clear(backend)

        assert [name for name in GOES if (backend / name).exists()] == []
        assert [name for name in STAYS if not (backend / name).exists()] == []

    def test_it_counts_the_files_and_a_second_run_finds_none(self, backend: Path) -> None:
        assert "Removed 2 bytecode files and 2 cache folders" in clear(backend)
        assert "Removed 0 bytecode files and 0 cache folders" in clear(backend)

    def test_it_says_that_bytecode_is_rarely_the_cause_and_names_make_doctor(
        self, backend: Path
    ) -> None:
        said = clear(backend)

        assert "rarely the cause" in said
        assert "make doctor" in said

    def test_both_scripts_remove_the_same_folders(self) -> None:
        bash = (BACKEND / "clear_cache.sh").read_text()
        batch = (BACKEND / "clear_cache.bat").read_text()

        for name in ("__pycache__", "mypy", "pytest", "ruff", "import_linter", "hypothesis"):
            assert name in bash
            assert name in batch
