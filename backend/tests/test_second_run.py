"""A test's fixtures decide whether it runs a second time, on another Python and pooled."""

import re

import pytest

from src.settings import BACKEND
from tests.support.second_run import ONCE, digest_of_source, is_chosen, is_once


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


def test_the_content_of_the_source_decides_which_quarter_runs_again() -> None:
    names = [f"tests/test_x.py::test_{number}" for number in range(400)]
    quarters = [{name for name in names if is_chosen(name, content)} for content in (b"1", b"2")]

    assert all(70 < len(quarter) < 130 for quarter in quarters)
    assert 5 < len(quarters[0] & quarters[1]) < 60  # another quarter, not one of the rest
    assert is_chosen(names[0]) == is_chosen(names[0], digest_of_source())


def test_all_cases_of_a_function_run_again_or_none() -> None:
    assert is_chosen("t.py::test[a]", b"1") == is_chosen("t.py::test[b]", b"1")
