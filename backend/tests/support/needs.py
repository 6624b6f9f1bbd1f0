"""`@pytest.mark.needs("pgbouncer")`: a test that needs a program on the machine.

Without the program the test is left out, and the summary of the run says so. In CI it fails.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MACHINE = Path(os.environ.get("MACHINE_ROOT") or "/")
"""A root other than / hides the machine's programs, to test what happens without them."""
LEFT_OUT = pytest.StashKey[Counter[str]]()


def is_here(package: str) -> bool:
    from tests.support import debian_postgres, pgbouncer

    match package:
        case "pgbouncer":
            return pgbouncer.installed() is not None
        case "postgresql":
            return debian_postgres.programs() is not None
        case _:
            raise ValueError(f"nobody knows how to find {package}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(package): what the machine must have for this test")
    config.stash[LEFT_OUT] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("CI"):
        return
    without = [item for item in items if any(_missing(item))]
    if without:
        items[:] = [item for item in items if item not in without]
        config.hook.pytest_deselected(items=without)
        config.stash[LEFT_OUT] += Counter(next(_missing(item)) for item in without)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker reports what it left out to the process that writes the summary."""
    output = getattr(session.config, "workeroutput", None)
    left_out = session.config.stash[LEFT_OUT]
    if output is not None:
        output["left_out"] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """All workers collect the same tests, so each has left out the same ones."""
    left_out: dict[str, int] = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash[LEFT_OUT].clear()
    node.config.stash[LEFT_OUT].update(left_out)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for package in _missing(item):
        pytest.fail(
            f"CI leaves nothing out, and this machine has no {package}: apt-get install {package}",
            pytrace=False,
        )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for package, count in config.stash[LEFT_OUT].items():
        terminalreporter.write_line(
            f"LEFT OUT: {count} of the backend's tests, since this machine has no {package}. "
            f"To run them: apt-get install {package}"
        )


def _missing(item: pytest.Item) -> Iterator[str]:
    packages = (str(mark.args[0]) for mark in item.iter_markers("needs"))
    return (package for package in packages if not is_here(package))
