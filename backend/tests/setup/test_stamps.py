"""scripts/stamps.py: the result of a slow run is valid until one of its inputs changes."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from src.settings import BACKEND
from tests.setup.test_make import ROOT, load_script, make

GUIDE = """# Guide

## Pythons

### Stale bytecode

<!-- proof: tests/claims/test_bytecode.py, tests/doctor/test_code.py -->

It is never run.

### make

<!-- proof: tests/claims/test_make.py -->

It ends with 2.

### Databases

<!-- proof: tests/doctor/test_database.py -->

There is one.
"""
LOCK = """passlib==1.7.4 \\
    --hash=sha256:aa
uvicorn[standard]==0.54.1 ; python_version < '4' \\
    --hash=sha256:bb
"""
PASSES, FAILS = (sys.executable, "-c", ""), (sys.executable, "-c", "raise SystemExit(3)")


class House:
    """A project with one stamp, which depends on two tests, a guide's section and a package."""

    def __init__(self, script: ModuleType, root: Path) -> None:
        self.script, self.root = script, root
        self.stamp = script.Stamp(
            command="make test-claims",
            files=("claims/*.py",),
            proofs="tests/claims/",
            packages=("uvicorn",),
        )
        self.guide, self.lock = root / script.GUIDE, root / script.LOCK
        self.first, self.second = root / "claims" / "a.py", root / "claims" / "b.py"
        self.written = root / "scripts" / "stamps" / "claims.txt"
        for path, text in {
            self.guide: GUIDE,
            self.lock: LOCK,
            self.first: "a\n",
            self.second: "b\n",
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def renew(self, *command: str) -> int:
        return int(self.script.renew(self.root, "claims", self.stamp, command))

    def check(self) -> int:
        return int(self.script.check(self.root, {"claims": self.stamp}))


@pytest.fixture
def script() -> ModuleType:
    return load_script("stamps")


@pytest.fixture
def house(script: ModuleType, tmp_path: Path) -> House:
    """A project in which the run has passed."""
    house = House(script, tmp_path)
    assert house.renew(*PASSES) == 0
    return house


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


class TestCheck:
    def test_the_check_passes_while_nothing_has_changed(
        self, house: House, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert house.check() == 0
        assert capsys.readouterr().err == ""

    def test_an_outdated_stamp_fails_with_the_change_and_the_command(
        self, house: House, capsys: pytest.CaptureFixture[str]
    ) -> None:
        house.first.write_text("changed\n")
        kept = house.written.read_bytes()

        assert house.check() == 1
        assert capsys.readouterr().err == (
            "scripts/stamps/claims.txt is out of date: claims/*.py changed. "
            "To renew it, run: make test-claims\n"
        )
        assert house.written.read_bytes() == kept

    def test_a_missing_stamp_fails_with_the_command(
        self, house: House, capsys: pytest.CaptureFixture[str]
    ) -> None:
        house.written.unlink()

        assert house.check() == 1
        assert "scripts/stamps/claims.txt is missing" in (said := capsys.readouterr().err)
        assert "run: make test-claims" in said


class TestInputsThatCount:
    @pytest.mark.parametrize("change", ["new file", "no file", "new name"])
    def test_adding_removing_or_moving_a_file_counts(self, house: House, change: str) -> None:
        match change:
            case "new file":
                (house.root / "claims" / "c.py").touch()
            case "no file":
                house.second.unlink()
            case _:
                house.second.rename(house.second.with_name("d.py"))

        assert house.check() == 1

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("It is never run.", "It is run."),
            ("### Stale bytecode", "### Old bytecode"),
            ("tests/doctor/test_database.py", "tests/claims/test_database.py"),
            ("tests/claims/test_bytecode.py", "tests/doctor/test_bytecode.py"),
        ],
    )
    def test_a_section_that_names_these_tests_counts(
        self, house: House, old: str, new: str
    ) -> None:
        edit(house.guide, old, new)

        assert house.check() == 1

    def test_the_version_of_a_named_package_counts(
        self, house: House, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(house.lock, "0.54.1", "0.54.2")

        assert house.check() == 1
        assert "uvicorn in backend/requirements-dev.txt changed" in capsys.readouterr().err


class TestInputsThatDoNotCount:
    def test_another_section_does_not_count(self, house: House) -> None:
        edit(house.guide, "There is one.", "There are two.")
        edit(house.guide, "## Pythons", "## Snakes")
        house.guide.write_text(f"{house.guide.read_text()}\n### New\n\nA section.\n")

        assert house.check() == 0

    def test_the_name_of_a_test_does_not_count(self, house: House) -> None:
        edit(house.guide, "tests/doctor/test_code.py", "tests/doctor/test_bytecode.py")

        assert house.check() == 0

    def test_other_packages_and_hashes_do_not_count(self, house: House) -> None:
        edit(house.lock, "1.7.4", "1.7.5")
        edit(house.lock, "sha256:bb", "sha256:cc")

        assert house.check() == 0

    def test_line_endings_do_not_count(self, house: House) -> None:
        for path in (house.first, house.guide, house.lock, house.written):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

        assert house.check() == 0

    def test_the_order_of_files_does_not_count(self, house: House) -> None:
        house.stamp = replace(house.stamp, files=("claims/a.py", "claims/b.py"))
        assert house.renew(*PASSES) == 0
        house.stamp = replace(house.stamp, files=("claims/b.py", "claims/a.py"))
        for path in (house.second, house.first):
            text = path.read_text()
            path.unlink()
            path.write_text(text)

        assert house.check() == 0

    def test_the_order_of_sections_does_not_count(self, house: House) -> None:
        title, bytecode, make_, databases = house.guide.read_text().split("### ")
        house.guide.write_text(f"{title}### {databases}### {make_}### {bytecode}")

        assert house.check() == 0


class TestRenew:
    def test_a_run_that_fails_writes_no_stamp_and_keeps_its_exit_code(self, house: House) -> None:
        house.first.write_text("changed\n")
        kept = house.written.read_bytes()

        assert house.renew(*FAILS) == 3
        assert house.written.read_bytes() == kept
        assert house.check() == 1

    def test_a_run_that_fails_makes_no_first_stamp(
        self, script: ModuleType, tmp_path: Path
    ) -> None:
        house = House(script, tmp_path)

        assert house.renew(*FAILS) == 3
        assert not house.written.exists()

    def test_a_change_during_the_run_is_not_stamped(self, house: House) -> None:
        edits = f"import pathlib; pathlib.Path({str(house.first)!r}).write_text('late')"

        assert house.renew(sys.executable, "-c", edits) == 0
        assert house.check() == 1


class TestTable:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"files": ("nowhere/*.py",)}, "No file matches nowhere/*.py"),
            ({"packages": ("django",)}, "backend/requirements-dev.txt has no django"),
            (
                {"proofs": "tests/nowhere/"},
                "No section of DATABASE_TROUBLESHOOTING.md names tests/nowhere/",
            ),
        ],
    )
    def test_an_input_that_does_not_exist_is_an_error(
        self, house: House, changes: dict[str, Any], said: str
    ) -> None:
        house.stamp = replace(house.stamp, **changes)

        with pytest.raises(SystemExit, match=r"Correct STAMPS in scripts/stamps\.py") as stopped:
            house.check()
        assert said in str(stopped.value)

    def test_each_command_renews_its_own_stamp(self, script: ModuleType) -> None:
        for name, stamp in script.STAMPS.items():
            _, target = stamp.command.split()
            assert f"stamps.py renew {name} " in make("--dry-run", target).stdout

    def test_make_check_and_make_test_check_the_stamps(self) -> None:
        stages = {stage for lane in load_script("stages").LANES for stage in lane}

        assert "check-stamps" in stages
        assert "stamps.py check" in make("--dry-run", "check").stdout

    def test_the_script_accepts_no_other_arguments(self) -> None:
        done = subprocess.run(
            (sys.executable, ROOT / "scripts" / "stamps.py", "renew", "nothing", "true"),
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 1
        assert done.stderr.startswith("Usage: stamps.py check | renew NAME COMMAND")


class TestARunOfClaims:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        shutil.copy(BACKEND / "tests" / "claims" / "conftest.py", tmp_path)
        return tmp_path

    def run(self, folder: Path, claim: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Runs one claim and another, on a machine without any of the Pythons."""
        (folder / "test_claims.py").write_text(f"import pytest\n{claim}\ndef test_other(): pass\n")
        alone = ("-c", "/dev/null", "--rootdir", folder, "-p", "no:cacheprovider")
        nothing = {"HOME": str(folder), "PATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(
            (sys.executable, "-m", "pytest", *alone, "-o", f"pythonpath={BACKEND}", *options),
            cwd=folder,
            env=nothing,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_complete_run_passes(self, folder: Path) -> None:
        assert self.run(folder, "def test_it(): pass").returncode == 0

    @pytest.mark.parametrize(
        ("claim", "options"),
        [
            ("def test_it(): pytest.skip('not here')", ()),
            ("def test_it(): pytest.xfail('not yet')", ()),
            ("def test_it(): pass", ("-k", "other")),
        ],
    )
    def test_a_run_that_leaves_something_out_fails(
        self, folder: Path, claim: str, options: tuple[str, ...]
    ) -> None:
        done = self.run(folder, claim, *options)

        assert done.returncode == 1
        assert "This run left claims out, so it counts as failed." in done.stdout

    def test_a_missing_python_is_a_failure(self, folder: Path) -> None:
        done = self.run(folder, "def test_it(python): pass")

        assert done.returncode == 1
        assert "This machine has no Python 3.12. Install it." in done.stdout
