"""A test's fixtures decide whether it runs a second time, on another Python and pooled."""

import re

import pytest

from src.settings import BACKEND
from tests.support.second_run import ONCE, is_once


@pytest.mark.usefixtures("client")
def test_a_test_of_the_app_runs_again(request: pytest.FixtureRequest) -> None:
    assert not is_once(request.node)


def test_a_pure_test_runs_again(request: pytest.FixtureRequest) -> None:
    assert not is_once(request.node)


@pytest.mark.usefixtures("backend")
def test_a_test_with_its_own_checkout_runs_once(request: pytest.FixtureRequest) -> None:
    assert is_once(request.node)
    assert request.config.getoption("--endpoint") == "direct"


@pytest.mark.once("an example")
def test_a_marked_test_runs_once(request: pytest.FixtureRequest) -> None:
    assert is_once(request.node)
    assert request.config.getoption("--endpoint") == "direct"


@pytest.mark.parametrize("name", ONCE)
def test_each_deciding_fixture_exists(name: str) -> None:
    tests = BACKEND / "tests"
    defined = re.compile(rf"@pytest\.fixture.*\n *def {name}\(")
    assert any(defined.search(path.read_text()) for path in tests.rglob("*.py"))
