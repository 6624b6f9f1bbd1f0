"""The commands of the Makefile, and their automatic setup."""

import importlib.util
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from src.settings import BACKEND

ROOT = BACKEND.parent
PROMISED = {
    "help", "setup", "dev", "test", "check", "doctor", "migrate", "migration", "lock", "openapi",
    "format", "clean", "bench", "bench-quick",
}  # fmt: skip
LOCKS = (
    BACKEND / "requirements.txt",
    BACKEND / "requirements-dev.txt",
    ROOT / "scripts" / "locks" / "uv.txt",
    ROOT / "scripts" / "locks" / "node.txt",
    ROOT / "bench" / "requirements.txt",
    ROOT / "bench" / "peers" / "fastapi_users" / "requirements.txt",
)
WEB_LOCK = ROOT / "package-lock.json"
BENCH_NPM_LOCKS = (
    ROOT / "bench" / "load" / "package-lock.json",
    ROOT / "bench" / "peers" / "better_auth" / "package-lock.json",
)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a developer would, independent of the make that runs these tests."""
    outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    env = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(
        ("make", *arguments), cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def set_up_by(lock: str) -> str:
    """What `make setup` would do if `lock` had just changed."""
    return make("--dry-run", f"--what-if={lock}", "setup").stdout


def load_script(name: str) -> ModuleType:
    path = ROOT / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_script", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup_script() -> ModuleType:
    return load_script("setup")


def command(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


class TestHelp:
    def test_plain_make_explains_every_promised_command(self) -> None:
        listed = re.findall(r"^  make (\S+) +\S", make().stdout, re.MULTILINE)

        assert set(listed) >= PROMISED

    def test_a_migration_without_a_sentence_is_refused_with_an_example(self) -> None:
        refused = make("migration")

        assert refused.returncode != 0
        assert 'make migration m="add a column"' in refused.stderr


class TestDoctor:
    def test_make_doctor_uses_the_port_of_make_dev(self) -> None:
        elsewhere = make("--dry-run", "doctor", "API_PORT=9000").stdout

        assert "postern doctor --api-url=http://localhost:9000" in elsewhere
        assert "--api-url" not in make("--dry-run", "doctor", "API_PORT=").stdout


class TestSetup:
    def test_a_changed_backend_lock_installs_the_backend_again(self) -> None:
        assert "setup.py backend .venv" in set_up_by("backend/requirements-dev.txt")

    def test_a_changed_web_lock_installs_the_web_app_again(self) -> None:
        assert "setup.py frontend" in set_up_by("package-lock.json")

    def test_a_machine_without_python_gets_a_message_with_the_version(self, tmp_path: Path) -> None:
        found = subprocess.run(
            ("/bin/sh", ROOT / "scripts" / "find-python"),
            env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert found.returncode != 0
        assert "No Python 3.11 or newer was found" in found.stderr

    def test_a_newer_python_is_used_instead_of_an_old_one(self, tmp_path: Path) -> None:
        command(tmp_path, "python3", "exit 1")
        command(tmp_path, "python3.12", "echo /the/newer/one")
        found = subprocess.run(
            ("/bin/sh", ROOT / "scripts" / "find-python"),
            env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )

        assert found.stdout == "/the/newer/one\n"

    @pytest.mark.parametrize(
        ("version", "suits"),
        [("v18.20.1", False), ("v20.8.9", False), ("v20.9.0", True), ("v24.19.0", True)],
    )
    def test_the_machines_node_is_used_if_it_is_20_9_or_newer(
        self,
        setup_script: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        version: str,
        suits: bool,
    ) -> None:
        command(tmp_path, "node", f"echo {version}")
        command(tmp_path, "npm", "exit 0")
        monkeypatch.setenv("PATH", str(tmp_path))

        assert setup_script.machine_has_node() is suits

    @pytest.mark.parametrize(
        "script", ["exit 1", "echo 'node: cannot execute' >&2; exit 126", "echo v"]
    )
    def test_a_node_that_does_not_print_its_version_is_not_used(
        self,
        setup_script: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        script: str,
    ) -> None:
        command(tmp_path, "node", script)
        command(tmp_path, "npm", "exit 0")
        monkeypatch.setenv("PATH", str(tmp_path))

        assert setup_script.machine_has_node() is False

    def test_a_node_that_cannot_be_started_is_not_used(
        self, setup_script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command(tmp_path, "npm", "exit 0")
        (tmp_path / "node").write_bytes(b"\x7fELF of another machine")
        (tmp_path / "node").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

        assert setup_script.machine_has_node() is False

    def test_a_node_without_npm_is_not_used(
        self, setup_script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command(tmp_path, "node", "echo v24.0.0")
        monkeypatch.setenv("PATH", str(tmp_path))

        assert setup_script.machine_has_node() is False


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
    def test_every_version_is_exact_and_hashed_and_no_address_is_recorded(self, lock: Path) -> None:
        blocks = re.split(r"\n(?=\S)", lock.read_text().strip())

        assert blocks
        for block in blocks:
            assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", block)
            assert "--hash=sha256:" in block
        assert not re.search(r"://|--(extra-)?index-url|--find-links", lock.read_text())

    @pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
    def test_every_dependency_is_locked_in_an_allowed_version(self, lock: str) -> None:
        project = tomllib.loads((BACKEND / "pyproject.toml").read_text())["project"]
        declared = list(project["dependencies"])
        if lock == "requirements-dev.txt":
            declared += project["optional-dependencies"]["dev"]
        text = (BACKEND / lock).read_text()
        locked = dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^ ;\\]+)", text, re.MULTILINE))

        for requirement in map(Requirement, declared):
            version = locked[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), requirement

    def test_both_backend_locks_agree(self) -> None:
        runtime = (BACKEND / "requirements.txt").read_text()
        development = (BACKEND / "requirements-dev.txt").read_text()

        assert set(re.findall(r"^\S+==\S+", runtime, re.MULTILINE)) <= set(
            re.findall(r"^\S+==\S+", development, re.MULTILINE)
        )

    def test_the_web_lock_has_the_packages_of_every_platform_and_no_address(self) -> None:
        packages = json.loads(WEB_LOCK.read_text())["packages"]
        names = {path.rpartition("node_modules/")[2] for path in packages}
        optional = {
            name
            for package in packages.values()
            for name in package.get("optionalDependencies", {})
        }

        assert optional <= names
        resolved = {path: one["resolved"] for path, one in packages.items() if "resolved" in one}
        assert resolved == {
            "node_modules/postern-auth": "packages/next",
            "node_modules/postern-web": "frontend",
        }
        assert "://" not in WEB_LOCK.read_text()

    def test_there_is_one_lock_for_all_folders_of_the_workspace(self) -> None:
        package = json.loads((ROOT / "package.json").read_text())
        packages = json.loads(WEB_LOCK.read_text())["packages"]

        assert package["private"] is True
        for folder in package["workspaces"]:
            declared = json.loads((ROOT / folder / "package.json").read_text())
            assert packages[folder]["dependencies"] == declared["dependencies"]
            assert packages[folder]["devDependencies"] == declared["devDependencies"]
            assert not (ROOT / folder / "package-lock.json").exists()

    @pytest.mark.parametrize("lock", BENCH_NPM_LOCKS, ids=lambda lock: lock.parent.name)
    def test_the_benchmarks_lock_has_hashes_and_no_addresses(self, lock: Path) -> None:
        packages = json.loads(lock.read_text())["packages"]

        assert all("integrity" in package for path, package in packages.items() if path)
        assert "://" not in lock.read_text()

    def test_only_native_binaries_of_rarer_platforms_are_installed_without_a_hash(self) -> None:
        packages = json.loads(WEB_LOCK.read_text())["packages"]
        unchecked = {
            path.removeprefix("node_modules/"): package
            for path, package in packages.items()
            if "node_modules/" in path and "link" not in package and "integrity" not in package
        }
        native = r"@(biomejs/cli|next/swc|rollup/rollup|tailwindcss/oxide)-"
        checked = r"linux-(x64|arm64)(-gnu)?"

        for name, package in unchecked.items():
            assert package["optional"], name
            assert re.match(native, name), name
            assert not re.fullmatch(native + checked, name), name

    def test_the_lock_gets_missing_hashes_from_the_registry(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock = tmp_path / "package-lock.json"
        named = {"@tool/linux-x64-musl": "1.2.3", "@tool/win32-arm64": "1.2.3"}
        tool = {"version": "1.2.3", "integrity": "sha512-tool", "optionalDependencies": named}
        workspace = {"": {}, "app": {}, "node_modules/app": {"resolved": "app", "link": True}}
        lock.write_text(json.dumps({"packages": {**workspace, "node_modules/tool": tool}}))
        script = "case $2 in *musl@1.2.3) echo sha512-musl;; *) echo E404 >&2; exit 1;; esac"
        command(tmp_path, "npm", script)
        monkeypatch.setenv("PATH", str(tmp_path))

        load_script("complete_lock").main(lock)

        packages = json.loads(lock.read_text())["packages"]
        assert packages["node_modules/tool"] == tool
        assert {path: packages[path] for path in workspace} == workspace
        assert packages["node_modules/@tool/linux-x64-musl"] == {
            "version": "1.2.3",
            "cpu": ["x64"],
            "libc": ["musl"],
            "optional": True,
            "os": ["linux"],
            "integrity": "sha512-musl",
        }
        assert packages["node_modules/@tool/win32-arm64"] == {
            "version": "1.2.3",
            "cpu": ["arm64"],
            "optional": True,
            "os": ["win32"],
        }
