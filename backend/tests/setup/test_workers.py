"""Which worker of `pytest -n 2` runs a test."""

import pytest

from src.settings import BACKEND
from tests.support.workers import TOGETHER, scope


def test_tests_that_share_a_build_go_to_one_worker() -> None:
    first, second = "test_resource_server.py::test_a", "test_verify_tokens.py::test_b"
    assert scope(f"tests/examples/{first}") == scope(f"tests/examples/{second}")


def test_every_other_test_goes_to_the_free_worker() -> None:
    assert scope("tests/test_main.py::test_a") != scope("tests/test_main.py::test_b")


@pytest.mark.parametrize("path", TOGETHER)
def test_each_group_of_tests_exists(path: str) -> None:
    assert (BACKEND / path).exists()
