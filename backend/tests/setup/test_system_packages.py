"""The programs that `make test` needs: installed, found, or left out with a message."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.settings import BACKEND
from tests.setup.test_make import command, load_script

ROOT = BACKEND.parent
SCRIPTS = ("system-packages", "test-e2e", "test-elsewhere", "find-python")
PACKAGES = ("pgbouncer", "postgresql", "chromium")
CI = {"CI": "true"}
NO_CI: dict[str, str] = {}
CLUSTERS = "etc/postgresql-common/createcluster.conf"
POLICY = "usr/sbin/policy-rc.d"


class Machine:
    """A machine with nothing installed, and a copy of the scripts on it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.house = folder / "root", folder / "bin", folder / "house"
        self.record = folder / "calls.txt"
        (self.root / "usr" / "sbin").mkdir(parents=True)
        for name in ("frontend", "scripts"):
            (self.house / name).mkdir(parents=True)
        for name in SCRIPTS:
            shutil.copy(ROOT / "scripts" / name, self.house / "scripts")
        self.bin.mkdir()
        for name in ("chmod", "dirname", "mkdir", "rm", "cat", "ls", "touch"):
            (self.bin / name).symlink_to(str(shutil.which(name)))

    def install(self, name: str, script: str = "exit 0") -> None:
        """Put a program on PATH that writes down how it was called."""
        called = f'echo "{name} $*${{CHROMIUM_PATH:+ in $CHROMIUM_PATH}}" >> {self.record}'
        command(self.bin, name, f"{called}\n{script}")

    def has_apt_get(self, script: str = "exit 0", user: str = "0") -> None:
        self.install("apt-get", script)
        command(self.bin, "id", f"echo {user}")

    @property
    def calls(self) -> list[str]:
        return self.record.read_text().splitlines() if self.record.exists() else []

    def run(
        self, *arguments: str | Path, env: dict[str, str] = NO_CI
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            cwd=self.house,
            env={"PATH": str(self.bin), "HOME": str(self.root), "MACHINE_ROOT": str(self.root)}
            | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def system_packages(self, env: dict[str, str] = NO_CI) -> subprocess.CompletedProcess[str]:
        return self.run("scripts/system-packages", *PACKAGES, env=env)

    def journeys(self, env: dict[str, str] = NO_CI) -> subprocess.CompletedProcess[str]:
        return self.run("scripts/test-e2e", env=env)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("env", [NO_CI, CI], ids=["a person's", "CI"])
class TestAsRootWithAptGet:
    def test_missing_packages_are_installed_and_the_undo_is_shown(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        machine.has_apt_get()
        done = machine.system_packages(env)

        assert done.returncode == 0, done.stderr
        update, install = machine.calls
        assert update == "apt-get update -qq"
        assert install.endswith("--no-install-recommends pgbouncer postgresql chromium")
        assert "Installed for the tests: pgbouncer postgresql chromium" in done.stdout
        assert "undo: apt-get purge --auto-remove pgbouncer postgresql chromium" in done.stdout

    def test_no_service_is_started_and_no_cluster_is_made(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        policy, clusters = machine.root / POLICY, machine.root / CLUSTERS
        machine.has_apt_get(f'{policy} >> {machine.record}; echo "says $?"; cat {clusters}')
        done = machine.system_packages(env)

        assert done.stdout.count("says 101\ncreate_main_cluster = false\n") == 2
        assert not policy.exists()
        assert f"&& rm -f {clusters})" in done.stdout

    def test_packages_that_were_installed_before_do_not_change(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        machine.has_apt_get()
        for name in (POLICY, CLUSTERS):
            (machine.root / name).parent.mkdir(parents=True, exist_ok=True)
            (machine.root / name).write_text("the owner's")
        done = machine.system_packages(env)

        assert done.returncode == 0
        assert (machine.root / POLICY).read_text() == "the owner's"
        assert (machine.root / CLUSTERS).read_text() == "the owner's"
        assert CLUSTERS not in done.stdout

    def test_only_missing_packages_are_installed(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        machine.has_apt_get()
        command(machine.root / "usr" / "sbin", "pgbouncer", "exit 0")
        server = machine.root / "usr" / "lib" / "postgresql" / "15" / "bin"
        server.mkdir(parents=True)
        command(server, "postgres", "exit 0")
        machine.system_packages(env)
        machine.install("google-chrome")
        machine.system_packages(env)

        _, install = machine.calls
        assert install.endswith("--no-install-recommends chromium")
        assert not (machine.root / CLUSTERS).exists()

    def test_the_headless_shell_is_installed_where_debian_offers_it(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        machine.install("chromium")
        shell = machine.bin / "chromium-headless-shell"
        machine.has_apt_get(f"case $* in install*shell) touch {shell}; chmod +x {shell};; esac")
        command(machine.bin, "apt-cache", "exit 0")
        done = machine.run("scripts/system-packages", "chromium", env=env)
        machine.run("scripts/system-packages", "chromium", env=env)

        assert done.returncode == 0, done.stderr
        assert "Installed for the tests: chromium-headless-shell" in done.stdout
        assert machine.calls == [
            "apt-get install -qq --no-install-recommends chromium-headless-shell"
        ]

    def test_without_the_headless_shell_another_chromium_does(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        machine.install("chromium")
        machine.has_apt_get("exit 1")
        command(machine.bin, "apt-cache", "exit 0")
        done = machine.run("scripts/system-packages", "chromium", env=env)

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_the_first_run_finds_the_chromium_it_has_installed(
        self, machine: Machine, env: dict[str, str]
    ) -> None:
        chromium = machine.bin / "chromium"
        machine.has_apt_get(f"case $* in install*) touch {chromium}; chmod +x {chromium};; esac")
        machine.install("npx")
        shutil.copy(ROOT / "Makefile", machine.house)
        done = machine.run(
            *(str(shutil.which("make")), "test-e2e", "--old-file=build-web"),
            "--old-file=backend/.venv/.ready",
            env=env,
        )

        assert done.returncode == 0, done.stdout + done.stderr
        assert machine.calls[-1] == f"npx playwright test in {chromium}"


class TestAptGetCannotInstall:
    def test_on_a_developers_machine_a_message_is_shown_and_the_rest_runs(
        self, machine: Machine
    ) -> None:
        machine.has_apt_get("exit 100")
        done = machine.system_packages()

        assert done.returncode == 0
        assert "apt-get could not install pgbouncer postgresql chromium." in done.stderr
        assert not (machine.root / CLUSTERS).exists()
        assert not (machine.root / POLICY).exists()

    def test_in_ci_the_run_fails(self, machine: Machine) -> None:
        machine.has_apt_get("exit 100")
        done = machine.system_packages(CI)

        assert done.returncode == 1
        assert "CI leaves nothing out and needs pgbouncer postgresql chromium" in done.stderr


class TestWithoutRoot:
    @pytest.fixture(autouse=True)
    def apt_get(self, machine: Machine) -> None:
        machine.has_apt_get(user="1000")

    def test_the_machines_own_chromium_is_used(self, machine: Machine) -> None:
        machine.install("npx")
        machine.install("google-chrome")

        assert machine.system_packages().returncode == 0
        assert machine.journeys().returncode == 0
        assert machine.calls == [f"npx playwright test in {machine.bin / 'google-chrome'}"]

    def test_the_headless_shell_comes_first(self, machine: Machine) -> None:
        for name in ("npx", "chromium", "google-chrome", "chromium-headless-shell"):
            machine.install(name)
        machine.journeys()

        assert machine.calls == [
            f"npx playwright test in {machine.bin / 'chromium-headless-shell'}"
        ]

    def test_journeys_about_the_back_button_get_a_whole_browser(self, machine: Machine) -> None:
        machine.install("npx", f'echo "everyday: $EVERYDAY_CHROMIUM_PATH" >> {machine.record}')
        for name in ("chromium", "chromium-headless-shell"):
            machine.install(name)
        machine.journeys()
        machine.journeys({"CHROMIUM_PATH": "/opt/another"})

        assert machine.calls[1] == f"everyday: {machine.bin / 'chromium'}"
        assert machine.calls[3] == "everyday: /opt/another"

    def test_the_headless_shell_alone_is_not_enough(self, machine: Machine) -> None:
        machine.install("npx")
        machine.install("chromium-headless-shell")
        machine.journeys()

        assert machine.calls[0].startswith("npx playwright install chromium")

    def test_a_chromium_named_by_the_developer_wins(self, machine: Machine) -> None:
        machine.install("npx")
        machine.install("chromium")
        machine.journeys({"CHROMIUM_PATH": "/opt/another"})

        assert machine.calls == ["npx playwright test in /opt/another"]

    def test_without_chromium_playwright_downloads_its_own(self, machine: Machine) -> None:
        machine.install("npx")

        assert machine.system_packages().returncode == 0
        assert machine.journeys().returncode == 0
        assert machine.calls == ["npx playwright install chromium", "npx playwright test"]

    def test_without_a_browser_the_journeys_are_left_out_with_a_message(
        self, machine: Machine
    ) -> None:
        machine.install("npx", "exit 1")
        done = machine.journeys()

        assert done.returncode == 0
        assert done.stderr.startswith("LEFT OUT: the journeys in a browser")
        assert machine.calls == ["npx playwright install chromium"]

    def test_failed_journeys_fail_the_run(self, machine: Machine) -> None:
        machine.install("npx", "exit 1")
        machine.install("chromium")

        assert machine.journeys().returncode == 1

    def test_without_pgbouncer_the_pooled_run_is_left_out_with_a_message(
        self, machine: Machine
    ) -> None:
        done = self.elsewhere(machine)

        assert done.returncode == 0
        assert "\nLEFT OUT: the tests through a transaction pooler" in done.stderr
        assert machine.calls == []

    def test_the_pgbouncer_of_the_machine_is_used(self, machine: Machine) -> None:
        command(machine.root / "usr" / "sbin", "pgbouncer", "exit 0")

        assert self.elsewhere(machine).returncode == 0
        assert "--endpoint pooled" in machine.calls[0]

    @staticmethod
    def elsewhere(machine: Machine) -> subprocess.CompletedProcess[str]:
        """Its Python is 3.13, so that only PgBouncer matters."""
        venv = machine.house / "backend" / ".venv" / "bin"
        venv.mkdir(parents=True)
        command(venv, "python", "exit 0")
        command(venv, "pytest", f'echo "$*" >> {machine.record}')
        return machine.run("scripts/test-elsewhere")


class TestInCi:
    @pytest.mark.parametrize("has_apt_get", [True, False])
    def test_a_package_that_cannot_be_installed_is_an_error(
        self, machine: Machine, has_apt_get: bool
    ) -> None:
        if has_apt_get:
            machine.has_apt_get(user="1000")
        done = machine.system_packages(CI)

        assert done.returncode == 1
        (sentence,) = done.stderr.splitlines()
        assert sentence.startswith("CI leaves nothing out and needs pgbouncer postgresql chromium")
        assert machine.calls == []

    def test_the_journeys_are_not_left_out(self, machine: Machine) -> None:
        machine.install("npx", "exit 1")
        done = machine.journeys(CI)

        assert done.returncode == 1
        assert done.stderr == (
            "CI leaves nothing out, and there is no Chromium: apt-get install chromium.\n"
        )


class TestBackendTestsThatNeedAProgram:
    def test_tests_that_need_a_missing_program_are_left_out_with_a_message(
        self, machine: Machine
    ) -> None:
        worker = ("-n", "1")  # it reports this to the process that writes the summary
        done = self.pytest(machine, "tests/database/test_debian_postgres.py", NO_CI, *worker)

        assert done.returncode == 5, done.stdout  # pytest's code for no tests
        assert "\nLEFT OUT: 1 of the backend's tests, since this machine has no" in done.stdout
        assert "To run them: apt-get install postgresql\n" in done.stdout

    def test_in_ci_tests_that_need_a_missing_program_fail(self, machine: Machine) -> None:
        done = self.pytest(machine, "tests/database/test_debian_postgres.py", CI)

        assert done.returncode == 1, done.stdout
        assert "this machine has no postgresql: apt-get install postgresql\n" in done.stdout
        assert "Traceback" not in done.stdout
        assert "LEFT OUT" not in done.stdout

    @pytest.mark.parametrize("package", ["pgbouncer", "postgresql"])
    def test_an_installed_program_is_found(
        self, machine: Machine, package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tests.support import debian_postgres, needs, pgbouncer

        monkeypatch.setenv("PATH", str(machine.bin))
        for module in (debian_postgres, pgbouncer):
            monkeypatch.setattr(module, "MACHINE", machine.root)
        assert not needs.is_here(package)

        command(machine.root / "usr" / "sbin", "pgbouncer", "exit 0")
        for version in ("15", "9.6", "17"):
            server = machine.root / "usr" / "lib" / "postgresql" / version / "bin"
            server.mkdir(parents=True)
            command(server, "postgres", "exit 0")

        assert needs.is_here(package)
        assert debian_postgres.programs() == (
            machine.root / "usr" / "lib" / "postgresql" / "9.6" / "bin"
        )

    @staticmethod
    def pytest(
        machine: Machine, module: str, env: dict[str, str], *options: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"CI", "PATH"}}
        return machine.run(
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *(f"--rootdir={BACKEND}", f"--config-file={BACKEND / 'pyproject.toml'}"),
            *options,
            BACKEND / module,
            env=kept | {"PATH": str(machine.bin), "MACHINE_ROOT": str(machine.root)} | env,
        )


class TestSummary:
    def test_the_summary_ends_with_what_failed_and_what_was_left_out(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stages = load_script("stages")
        left_out = ("LEFT OUT: the journeys in a browser",)
        failed = ("FAILED tests/test_main.py::test_one",)
        stages.print_summary([stages.Outcome("test-e2e", 1.0, False, left_out, failed)])

        *_, first, second, last = capsys.readouterr().out.splitlines()
        assert first.strip() == failed[0]
        assert second.strip() == left_out[0]
        assert last == "Some tests did not run: see LEFT OUT above."

    @pytest.mark.parametrize(
        "line",
        [
            "FAILED tests/test_main.py::test_one - AssertionError",
            "ERROR tests/test_main.py::TestTwo::test_two",
            "    e2e/look.spec.ts:165:1 with HOME_URL",
            " FAIL  src/lib/fill.test.ts > a sentence > is filled",
        ],
    )
    def test_each_runner_names_its_failed_tests(self, line: str) -> None:
        assert load_script("stages").FAILED_TEST.match(line)
