"""`--by-folder`: where the seconds of a run went, as the table of docs/testing.md."""

from collections import defaultdict

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--by-folder", action="store_true", help="a table of seconds by folder")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--by-folder"):
        return
    seconds: dict[str, float] = defaultdict(float)
    tests: dict[str, set[str]] = defaultdict(set)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = report.nodeid.removeprefix("tests/").rpartition("::")[0].split("/")[0]
                seconds[folder] += report.duration
                tests[folder].add(report.nodeid)
    terminalreporter.write_line("| Folder | Seconds | Tests |\n|---|---|---|")
    for folder in sorted(seconds, key=seconds.__getitem__, reverse=True):
        terminalreporter.write_line(f"| {folder} | {seconds[folder]:.0f} | {len(tests[folder])} |")
