"""What is claimed of several Pythons is tried on those that are here, and the rest is named."""

import pytest

from tests.claims import interpreters


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """These choose their endpoints themselves, so a pooled run would only repeat them."""
    return True if config.getoption("--endpoint") == "pooled" else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "python" in metafunc.fixturenames:
        known = interpreters.found()
        metafunc.parametrize("python", list(known.values()), ids=list(known))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for version in interpreters.left_out():
        terminalreporter.write_line(
            f"LEFT OUT: claims about Python {version}, which this machine does not have."
        )
