"""`postern doctor` as a command: examine, apply the safe fixes if asked, and print the report."""

import argparse
import json
import os
import sys
from dataclasses import replace
from typing import TextIO

from src.doctor.answers import address
from src.doctor.case import THIS_CHECKOUT, Case, Checkout
from src.doctor.examination import CHECKS, described, examine
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
    """Print the report. Return 0: all is well, 1: findings, 2: some checks could not run.

    `api_url` is where the service runs, if the settings say another address.
    """
    report = examine(Case(checkout, api_url), checks)
    if fix:
        report = _fixed(report, Case(checkout, api_url), checks)
    if as_json:
        say(json.dumps(report.document(), indent=2, ensure_ascii=False))
    else:
        say(render(report, page(colour=has_colour(sys.stdout))))
    return report.exit_code


def main() -> int:
    """`python -m src.doctor`: the same options, without Typer."""
    parser = argparse.ArgumentParser(
        prog="python -m src.doctor", description="Find out what is wrong and how to fix it."
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--fix", action="store_true", help="apply the safe fixes, then look again")
    parser.add_argument("--api-url", type=address, help="where the service runs")
    asked = parser.parse_args()
    return run(as_json=asked.json, fix=asked.fix, api_url=asked.api_url)


def say(text: str) -> None:
    """Print in the terminal's own encoding; a letter that it lacks becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def has_colour(stream: TextIO) -> bool:
    """True in a terminal that has colours, unless NO_COLOR is set (no-color.org)."""
    # These variables belong to the terminal, so they are no settings.
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _fixed(report: Report, next_case: Case, checks: tuple[Check, ...]) -> Report:
    """Apply every safe fix, examine again, and say what was done."""
    done, failed = [], []
    for _, finding in report.findings:
        if finding.automatic is None:
            continue
        try:
            finding.automatic.apply()
            done.append(finding.automatic.says)
        except (Exception, SystemExit) as error:  # noqa: BLE001  the other fixes still have to run
            failed.append(f"{finding.condition.title}: {described(error)}")
    if not done + failed:
        return report
    after = examine(next_case, checks)
    return replace(after, fixed=tuple(done), not_fixed=tuple(failed))
