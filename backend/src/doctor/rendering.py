"""The report for people: an overview of all checks, each finding, and the next step."""

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from src.doctor.report import Entry, Failed, Finding, Fine, Found, NotExamined, Report

BOLD, DIM, RED, GREEN, YELLOW, CYAN = 1, 2, 31, 32, 33, 36
WIDEST, NARROWEST = 100, 60
TITLE_WIDTH = 36
BESIDE = 30
"""Columns that a note needs beside its title. Otherwise it goes below the title."""


@dataclass(frozen=True)
class Page:
    """The width of the page, and whether it has colours. Long text is wrapped and never cut."""

    width: int
    colour: bool

    def paint(self, text: str, *styles: int) -> str:
        if not self.colour or not text:
            return text
        return f"\033[{';'.join(map(str, styles))}m{text}\033[0m"


def page(*, colour: bool) -> Page:
    columns = shutil.get_terminal_size((WIDEST, 24)).columns
    return Page(max(NARROWEST, min(columns, WIDEST)), colour)


def render(report: Report, page: Page) -> str:
    lines = [
        "",
        f"  {page.paint('Postern doctor', BOLD)}",
        f"  {page.paint(report.subject, DIM)}",
        *_fixed(report, page),
    ]
    for group, entries in groupby(report.entries, lambda entry: entry.group):
        lines += ["", f"  {page.paint(group.value, BOLD)}"]
        lines += [_line(entry, page) for entry in entries]
    for entry, finding in report.findings:
        lines += ["", *_finding(entry, finding, page)]
    return "\n".join([*lines, "", *_summary(report, page), ""])


def _fixed(report: Report, page: Page) -> list[str]:
    done = [f"  {page.paint('✓', GREEN)} Fixed: {says}" for says in report.fixed]
    failed = [f"  {page.paint('✗', RED, BOLD)} Not fixed: {says}" for says in report.not_fixed]
    return ["", *done, *failed] if done or failed else []


def _line(entry: Entry, page: Page) -> str:
    mark, note = _mark_and_note(entry, page)
    number = page.paint(f"{entry.number:>3}", DIM)
    room = page.width - TITLE_WIDTH - 10
    beside = len(note) <= room or room >= BESIDE
    column = TITLE_WIDTH + 10 if beside else 9
    notes = [page.paint(line, DIM) for line in _wrapped(note, page.width - column)]
    title = f"  {number}  {mark} {entry.title:<{TITLE_WIDTH}}"
    first = f"{title} {notes.pop(0)}" if beside and notes else title.rstrip()
    rest = [f"{'':{column}}{line}" for line in notes]
    return "\n".join([first.rstrip(), *rest, *_details(entry, page)])


def _details(entry: Entry, page: Page) -> Iterator[str]:
    for text in entry.outcome.details if isinstance(entry.outcome, Fine) else ():
        for line in _wrapped(text, page.width - 11, rest="  "):
            yield f"{'':9}{page.paint(line, DIM)}"


def _mark_and_note(entry: Entry, page: Page) -> tuple[str, str]:
    match entry.outcome:
        case Fine(seen):
            return page.paint("✓", GREEN), seen
        case Found(findings):
            return page.paint("✗", RED, BOLD), ", ".join(one.condition.code for one in findings)
        case NotExamined(because):
            return page.paint("·", DIM), because
        case Failed(error):
            return page.paint("!", YELLOW, BOLD), f"this check failed: {error}"


def _finding(entry: Entry, finding: Finding, page: Page) -> Iterator[str]:
    condition = finding.condition
    number = page.paint(f"✗ {entry.number}", RED, BOLD)
    code = page.paint(condition.code, DIM)
    yield f"  {number}  {page.paint(condition.title, BOLD)}  {code}"
    bullet = "· " if len(finding.evidence) > 1 else ""
    for position, evidence in enumerate(finding.evidence):
        yield from _labelled("Seen" if position == 0 else "", evidence, page, bullet=bullet)
    yield from _labelled("Why", condition.why, page)
    # Always one line, so that it can be copied.
    yield f"       {page.paint('Fix', DIM)}   {page.paint(finding.fix, CYAN)}"
    yield f"       {page.paint('More', DIM)}  {page.paint(condition.link, DIM)}"


def _labelled(label: str, text: str, page: Page, *, bullet: str = "") -> Iterator[str]:
    """A label in its own column, and the text beside it."""
    indent = " " * len(bullet)
    wrapped = _wrapped(text, page.width - 14, first=bullet, rest=indent)
    for position, line in enumerate(wrapped):
        name = page.paint(f"{label if position == 0 else '':<4}", DIM)
        yield f"       {name}  {line}"


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Lines that never end inside a word, so that words can be copied."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(report: Report, page: Page) -> Iterator[str]:
    yield page.paint("  " + "─" * (page.width - 4), DIM)
    if not report.findings:
        yield from _not_examined(report, page)
    yield f"  {_counts(report, page)}"
    if report.failed:
        named = ", ".join(f"{entry.number} “{entry.title}”" for entry in report.failed)
        text = f"These checks failed, so their result is not known: {named}."
        yield from _wrapped(text, page.width - 2, first="  ", rest="    ")
    if report.findings:
        yield from _next_step(report, page)


def _not_examined(report: Report, page: Page) -> Iterator[str]:
    """Grouped by reason: one missing thing may leave out many checks."""
    titles: dict[str, list[str]] = {}
    for entry in report.not_examined:
        if isinstance(entry.outcome, NotExamined):
            title = f"{entry.number} “{entry.title}”"
            titles.setdefault(entry.outcome.because, []).append(title)
    for because, named in titles.items():
        text = f"Not examined: {', '.join(named)}, because {because}."
        yield from _wrapped(text, page.width - 2, first="  ", rest="    ")


def _counts(report: Report, page: Page) -> str:
    checks = f"{len(report.entries)} checks"
    left_out = f", {len(report.not_examined)} not examined" if report.not_examined else ""
    count = len(report.findings)
    if count:
        found = page.paint(f"{count} finding{'s' if count > 1 else ''}", RED, BOLD)
        return f"{found} in {checks}{left_out}."
    if report.failed:
        doubt = page.paint("Nothing was found, but some checks failed", YELLOW, BOLD)
        return f"{doubt} ({checks})."
    well = page.paint("All is well", GREEN, BOLD)
    examined = len(report.entries) - len(report.not_examined)
    return f"{well} in {examined} of {checks}." if left_out else f"{well}: {checks}."


def _next_step(report: Report, page: Page) -> Iterator[str]:
    first = report.findings[0][1]
    yield f"  Next: {page.paint(first.fix, CYAN)}"
    fixable = sum(finding.automatic is not None for _, finding in report.findings)
    if fixable:
        which = "it" if fixable == len(report.findings) == 1 else f"{fixable} of them"
        yield f"  {page.paint('postern doctor --fix', CYAN)} fixes {which}."
