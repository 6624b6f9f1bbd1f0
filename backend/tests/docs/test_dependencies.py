"""docs/dependencies.md says of everything that is declared why it is there."""

import json
import re
import tomllib
from collections.abc import Callable

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from src.settings import BACKEND

ROOT = BACKEND.parent
EXPLAINED = {
    name
    for row in re.findall(
        r"^\| (.+?) \| \S", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE
    )
    for name in re.split(r"[^\w@/.-]+", row)
}


def python_packages() -> set[str]:
    declared = tomllib.loads((BACKEND / "pyproject.toml").read_text())
    project = declared["project"]
    requirements = [
        *project["dependencies"],
        *project["optional-dependencies"]["dev"],
        *declared["build-system"]["requires"],
    ]
    return {Requirement(requirement).name for requirement in requirements}


def tools() -> set[str]:
    locks = "".join(lock.read_text() for lock in (ROOT / "scripts" / "locks").iterdir())
    return set(re.findall(r"^([\w.-]+)==", locks, re.MULTILINE))


def web_packages() -> set[str]:
    folders = json.loads((ROOT / "package.json").read_text())["workspaces"]
    packages = [json.loads((ROOT / folder / "package.json").read_text()) for folder in folders]
    named = {name for one in packages for name in {**one["dependencies"], **one["devDependencies"]}}
    return named - {one["name"] for one in packages}


def bench_packages() -> set[str]:
    bench = ROOT / "bench"
    python = "".join(wanted.read_text() for wanted in bench.glob("**/requirements.in"))
    npm = [bench / "load", bench / "peers" / "better_auth"]
    named = {Requirement(line).name for line in python.splitlines()}
    return named.union(
        *(json.loads((place / "package.json").read_text())["dependencies"] for place in npm)
    )


@pytest.mark.parametrize("declared", [python_packages, tools, web_packages, bench_packages])
def test_every_dependency_has_its_line(declared: Callable[[], set[str]]) -> None:
    assert declared() - EXPLAINED == set()


def test_the_web_app_asks_for_a_next_without_known_bypasses() -> None:
    """16.2.6 is the first release without CVE-2025-29927, CVE-2026-44575 and CVE-2026-45109."""
    declared = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]["next"]

    assert Version(declared.lstrip("^~>=")) >= Version("16.2.6")
