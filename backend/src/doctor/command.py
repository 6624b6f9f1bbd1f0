"""`postern doctor` as a command: examine, mend what is safe if asked to, tell."""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TextIO

from src.doctor.answers import address
from src.doctor.case import THIS_CHECKOUT, Case, Checkout
from src.doctor.examination import CHECKS, described, examine
from src.doctor.flow import Flow
from src.doctor.rendering import page, render
from src.doctor.report import Check, Report


def run(
    *,
    as_json: bool = False,
    fix: bool = False,
    api_url: str | None = None,
    checks: tuple[Check, ...] = CHECKS,
    checkout: Checkout = THIS_CHECKOUT,
) -> int:
    """Print the report; 0 all is well, 1 there are findings, 2 not all could be examined.

    `api_url` is where the service runs, if that is another address than the settings say.
    """
    report = examine(Case(checkout, api_url), checks)
    if fix:
        report = _mended(report, Case(checkout, api_url), checks)
    if as_json:
        say(json.dumps(report.document(), indent=2, ensure_ascii=False))
    else:
        say(render(report, page(colour=has_colour(sys.stdout))))
    return report.exit_code


def run_flow() -> int:
    """The same report over three requests to the app, which is started for them."""
    with ExitStack() as running:
        return run(checks=Flow(running).checks())


def main() -> int:
    """`python -m src.doctor`: the same without Typer, for an environment that lacks packages."""
    parser = argparse.ArgumentParser(
        prog="python -m src.doctor", description="Find out what is wrong and what mends it."
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--fix", action="store_true", help="mend what is safe to mend, then look")
    parser.add_argument("--api-url", type=address, help="where the service runs")
    asked = parser.parse_args()
    return run(as_json=asked.json, fix=asked.fix, api_url=asked.api_url)


def say(text: str) -> None:
    """Print in the terminal's own encoding; what it lacks becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def has_colour(stream: TextIO) -> bool:
    """In a terminal that has colours, unless NO_COLOR asks for none (no-color.org)."""
    # The one look at the environment outside of the settings: these belong to the terminal.
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _mended(report: Report, afresh: Case, checks: tuple[Check, ...]) -> Report:
    """What is left after every fix that is safe was applied, and what was done."""
    done, failed = [], []
    for _, finding in report.findings:
        if finding.fix is None:
            continue
        try:
            finding.fix.apply()
            done.append(finding.fix.says)
        except (Exception, SystemExit) as error:  # noqa: BLE001  the other fixes are still wanted
            failed.append(f"{finding.condition.title}: {described(error)}")
    if not done + failed:
        return report
    after = examine(afresh, checks)
    return replace(after, mended=tuple(done), not_mended=tuple(failed))
