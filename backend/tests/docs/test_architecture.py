"""docs/architecture.md shows the code as it is: its tree, its layers, and the files it names."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from src.settings import BACKEND

PAGE = (BACKEND.parent / "docs" / "architecture.md").read_text()
SRC = BACKEND / "src"
FENCED = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TREE = next(block for block in FENCED if block.startswith("backend/src/"))
LAYERS = next(block for block in FENCED if block.startswith("cli\n"))
NAMED = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)(?:::(\w+))?`", PAGE)
DOMAINS = (
    *("accounts", "auth", "verification", "users", "sessions", "mail"),
    *("keys", "passwords", "ratelimit", "instance"),
)


def listed() -> set[str]:
    """Paths in the tree, below backend/src."""
    paths, folder = set(), ""
    for line in TREE.splitlines()[1:]:
        indent, name = len(line) - len(line.lstrip()), line.split()[0].rstrip("/")
        folder = name if indent == 2 else folder
        paths.add(name if indent == 2 else f"{folder}/{name}")
    return paths


def real() -> set[str]:
    packages = {path.parent.relative_to(SRC).as_posix() for path in SRC.rglob("__init__.py")}
    modules = {path.name for path in SRC.glob("*.py") if path.name != "__init__.py"}
    return packages - {"."} | modules


def test_the_tree_is_that_of_the_code() -> None:
    assert listed() == real()


def test_the_layers_are_those_that_import_linter_holds() -> None:
    contracts = tomllib.loads((BACKEND / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["type"] == "layers")
    assert LAYERS.splitlines() == [layer.replace("src.", "") for layer in layers]


def test_every_package_stands_in_a_layer() -> None:
    names = set(LAYERS.replace("|", " ").split())
    assert names == {path.removesuffix(".py") for path in real() if "/" not in path}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_the_page_names_is_there(path: str, name: str) -> None:
    tree = ast.parse((SRC / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert not name or name in {node.name for node in tree.body if isinstance(node, functions)}


@pytest.mark.parametrize("package", DOMAINS)
def test_only_the_unit_of_work_commits(package: str) -> None:
    committing = [
        path.name
        for path in (SRC / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert committing == []


def test_each_file_of_a_kind_stands_in_the_table() -> None:
    kinds = set(re.findall(r"^\| `(\w+\.py)` \|", PAGE, re.MULTILINE))
    shared = {
        path.name
        for path in (SRC / "accounts").parent.rglob("*.py")
        if path.parent.name in DOMAINS and path.parent.parent == SRC
    }
    repeated = {
        name for name in shared if sum((SRC / one / name).exists() for one in DOMAINS) > 2
    } - {"__init__.py"}
    assert repeated <= kinds


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= 150


def test_the_readme_leads_to_it() -> None:
    readme = (Path(BACKEND).parent / "README.md").read_text()
    assert "docs/architecture.md" in readme
