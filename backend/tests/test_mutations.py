"""The lines that `python -m tests.mutations` breaks exist."""

import pytest

from src.settings import BACKEND
from tests.mutations import PACKAGES, where

pytestmark = pytest.mark.once("it reads files")
LINES = [(name, *line) for name, package in PACKAGES.items() for line in package.lines]


@pytest.mark.parametrize(("package", "text", "broken"), LINES)
def test_each_line_occurs_once_in_its_package(package: str, text: str, broken: str) -> None:
    path = where(text)
    assert path.relative_to(BACKEND / "src").parts[0] == package
    compile(path.read_text().replace(text, broken), str(path), "exec")


@pytest.mark.parametrize("name", PACKAGES)
def test_the_tests_of_each_package_exist(name: str) -> None:
    assert all((BACKEND / "tests" / path).exists() for path in PACKAGES[name].tests)
