"""When Python runs old code from a .pyc file, and when it does not: tried on real interpreters."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

OLD, NEW = "ANSWER = 41\n", "ANSWER = 42\n"
ASK = "import module; print(module.ANSWER)"
CACHED = "__pycache__/module.*.pyc"


@dataclass
class Project:
    """A folder with one module, and the Python that imports it."""

    folder: Path
    python: str

    @property
    def source(self) -> Path:
        return self.folder / "module.py"

    def answer(self) -> str:
        """What a new process gets from the module; this writes the .pyc as any import does."""
        return self.run("-c", ASK)

    def compile(self, *options: str) -> None:
        self.run("-m", "compileall", "-q", *options, "module.py")

    def run(self, *arguments: str) -> str:
        command = (self.python, *arguments)
        environment = {"PATH": os.environ["PATH"]}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def has_cache(self) -> bool:
        return next(self.folder.glob(CACHED), None) is not None


@pytest.fixture
def project(tmp_path: Path, python: str) -> Project:
    made = Project(tmp_path, python)
    made.source.write_text(OLD)
    return made


class TestNever:
    def test_after_an_ordinary_edit(self, project: Project) -> None:
        os.utime(project.source, (1_700_000_000, 1_700_000_000))
        assert project.answer() == "41"
        assert project.has_cache()
        project.source.write_text(NEW)

        assert project.answer() == "42"

    def test_after_an_edit_in_the_same_second_that_changes_the_size(self, project: Project) -> None:
        assert project.answer() == "41"
        kept = project.source.stat()
        project.source.write_text("ANSWER = 4200\n")
        os.utime(project.source, ns=(kept.st_atime_ns, kept.st_mtime_ns))

        assert project.answer() == "4200"

    def test_after_going_back_to_an_older_file_of_another_time(self, project: Project) -> None:
        project.source.write_text(NEW)
        assert project.answer() == "42"
        project.source.write_text(OLD)
        os.utime(project.source, (1_600_000_000, 1_600_000_000))

        assert project.answer() == "41"

    def test_from_a_cache_whose_source_is_gone(self, project: Project) -> None:
        assert project.answer() == "41"
        project.source.unlink()

        with pytest.raises(subprocess.CalledProcessError) as failed:
            project.answer()
        assert "No module named 'module'" in failed.value.stderr

    def test_from_the_cache_of_another_version_of_python(self, project: Project) -> None:
        assert project.answer() == "41"
        (cached,) = project.folder.glob(CACHED)
        other_magic = b"\x00\x00\x0d\x0a"
        cached.write_bytes(other_magic + cached.read_bytes()[4:])
        kept = project.source.stat()
        project.source.write_text(NEW)
        os.utime(project.source, ns=(kept.st_atime_ns, kept.st_mtime_ns))

        assert project.answer() == "42"


class TestTruly:
    def test_where_size_and_second_are_the_same(self, project: Project) -> None:
        assert project.answer() == "41"
        second = int(project.source.stat().st_mtime)
        project.source.write_text(NEW)
        os.utime(project.source, (second + 0.9, second + 0.9))

        assert project.answer() == "41"

    def test_where_an_image_sets_all_times_to_one(self, project: Project) -> None:
        """As builds do that clamp times to SOURCE_DATE_EPOCH, for images that are alike."""
        clamped = (1_700_000_000, 1_700_000_000)
        os.utime(project.source, clamped)
        assert project.answer() == "41"
        project.source.write_text(NEW)
        os.utime(project.source, clamped)

        assert project.answer() == "41"

    def test_where_cp_keeps_the_time_of_another_file(self, project: Project) -> None:
        assert project.answer() == "41"
        other = project.folder / "backup"
        other.write_text(NEW)
        shutil.copystat(project.source, other)
        subprocess.run(("cp", "-p", other, project.source), check=True)

        assert project.answer() == "41"

    def test_where_nobody_is_to_check(self, project: Project) -> None:
        project.compile("--invalidation-mode", "unchecked-hash")
        project.source.write_text("ANSWER = 'something else altogether'\n")

        assert project.answer() == "41"

    def test_where_a_pyc_lies_in_place_of_the_source(self, project: Project) -> None:
        project.compile("-b")
        project.source.unlink()

        assert project.answer() == "41"


class TestEnded:
    def test_a_cache_that_is_checked_by_its_hash_is_never_old(self, project: Project) -> None:
        project.compile("--invalidation-mode", "checked-hash")
        kept = project.source.stat()
        project.source.write_text(NEW)
        os.utime(project.source, ns=(kept.st_atime_ns, kept.st_mtime_ns))

        assert project.answer() == "42"

    def test_removing_the_cache_is_enough(self, project: Project) -> None:
        assert project.answer() == "41"
        kept = project.source.stat()
        project.source.write_text(NEW)
        os.utime(project.source, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        shutil.rmtree(project.folder / "__pycache__")

        assert project.answer() == "42"

    def test_a_process_that_runs_keeps_what_it_has_read(self, project: Project) -> None:
        """The likelier cause: no cache at all, and old code all the same."""
        program = (
            "import module, pathlib\n"
            "pathlib.Path('module.py').write_text('ANSWER = 42  # a longer line\\n')\n"
            "import module\n"
            "print(module.ANSWER)\n"
        )

        assert project.run("-B", "-c", program) == "41"
        assert project.answer() == "42"
