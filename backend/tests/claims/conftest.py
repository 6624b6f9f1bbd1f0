"""What the docs say about other people's software: run by `make test-claims` alone."""

import pytest

from tests.claims import interpreters

PARTLY = ("skipped", "deselected", "xfailed")


@pytest.fixture(params=interpreters.VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """The path of each Python that the docs name; a machine without one proves nothing about it."""
    path = interpreters.find(request.param)
    if path is None:
        pytest.fail(f"This machine has no Python {request.param}. Install it.", pytrace=False)
    return path


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that leaves a claim out fails, so that it writes no stamp."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not reporter.stats.keys().isdisjoint(PARTLY):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("\nThis run left claims out, so it counts as failed.", red=True)
