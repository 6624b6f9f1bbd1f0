"""Which worker of `pytest -n 2` runs a test: the one that is free, one test at a time.

The tests of one of `TOGETHER` share something expensive, so one worker runs all of them first.
(`--dist loadgroup` would do the same, but no group of pytest-xdist 3.8 reaches pytest 9.2.)
"""

from collections.abc import Generator
from typing import Any

import pytest

TOGETHER = {
    "tests/examples/": "a build of the Next.js example",
    "tests/setup/test_folder_names.py": "a copy of the project",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = scope  # noqa: SLF001  as its subclasses replace it
    return scheduling


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A worker sends text as UTF-8, which has no form for half a character."""
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report


def scope(nodeid: str) -> str:
    return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)
