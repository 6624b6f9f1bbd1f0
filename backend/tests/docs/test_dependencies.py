"""docs/dependencies.md says of everything that is declared why it is there."""

import json
import re
import tomllib
from collections.abc import Callable

import pytest
from packaging.requirements import Requirement

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
    declared = json.loads((ROOT / "frontend" / "package.json").read_text())
    return {*declared["dependencies"], *declared["devDependencies"]}


@pytest.mark.parametrize("declared", [python_packages, tools, web_packages])
def test_every_dependency_has_its_line(declared: Callable[[], set[str]]) -> None:
    assert declared() - EXPLAINED == set()
