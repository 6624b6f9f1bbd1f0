"""The report for people: all checks at a glance, then each finding, then the next step."""

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from src.doctor.report import Entry, Failed, Finding, Fine, Found, NotExamined, Report

BOLD, DIM, RED, GREEN, YELLOW, CYAN = 1, 2, 31, 32, 33, 36
WIDEST, NARROWEST = 100, 60
TITLE_WIDTH = 36


@dataclass(frozen=True)
class Page:
    """How wide the page is, whether it has colours, and whether it shows all that was seen."""

    width: int
    colour: bool
    whole: bool = False

    def paint(self, text: str, *styles: int) -> str:
        if not self.colour or not text:
            return text
        return f"\033[{';'.join(map(str, styles))}m{text}\033[0m"


def page(*, colour: bool, whole: bool = False) -> Page:
    columns = shutil.get_terminal_size((WIDEST, 24)).columns
    return Page(max(NARROWEST, min(columns, WIDEST)), colour, whole)


def render(report: Report, page: Page) -> str:
    lines = [
        "",
        f"  {page.paint('Postern doctor', BOLD)}",
        f"  {page.paint(report.subject, DIM)}",
        *_mended(report, page),
    ]
    for group, entries in groupby(report.entries, lambda entry: entry.group):
        lines += ["", f"  {page.paint(group.value, BOLD)}"]
        lines += [_line(entry, page) for entry in entries]
    for entry, finding in report.findings:
        lines += ["", *_finding(entry, finding, page)]
    return "\n".join([*lines, "", *_summary(report, page), ""])


def _mended(report: Report, page: Page) -> list[str]:
    done = [f"  {page.paint('✓', GREEN)} Mended: {says}" for says in report.mended]
    failed = [f"  {page.paint('✗', RED, BOLD)} Not mended: {says}" for says in report.not_mended]
    return ["", *done, *failed] if done or failed else []


def _line(entry: Entry, page: Page) -> str:
    mark, note = _mark_and_note(entry, page)
    number = page.paint(f"{entry.number:>3}", DIM)
    room = max(page.width - TITLE_WIDTH - 10, 12)
    if len(note) <= room:
        shown = [note]
    elif page.whole:
        shown = textwrap.wrap(note, room)
    else:
        shown = [f"{note[: room - 1].rstrip()}…"]
    first = f"  {number}  {mark} {entry.title:<{TITLE_WIDTH}} {page.paint(shown[0], DIM)}".rstrip()
    rest = [f"{'':{TITLE_WIDTH + 10}}{page.paint(line, DIM)}" for line in shown[1:]]
    return "\n".join([first, *rest, *_details(entry, page)])


def _details(entry: Entry, page: Page) -> Iterator[str]:
    for text in entry.outcome.details if isinstance(entry.outcome, Fine) else ():
        for line in textwrap.wrap(text, page.width - 11, subsequent_indent="  "):
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
    # In one line, however long: it is there to be copied.
    yield f"       {page.paint('Mend', DIM)}  {page.paint(finding.mend, CYAN)}"
    yield f"       {page.paint('More', DIM)}  {page.paint(condition.link, DIM)}"


def _labelled(label: str, text: str, page: Page, *, bullet: str = "") -> Iterator[str]:
    """A label in its own column, and the text beside it, wrapped, never inside a word."""
    wrapped = textwrap.wrap(
        text,
        page.width - 14,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for position, line in enumerate(wrapped):
        name = page.paint(f"{label if position == 0 else '':<4}", DIM)
        yield f"       {name}  {line}"


def _summary(report: Report, page: Page) -> Iterator[str]:
    yield page.paint("  " + "─" * (page.width - 4), DIM)
    yield f"  {_counts(report, page)}"
    if report.failed:
        numbers = ", ".join(str(entry.number) for entry in report.failed)
        yield f"  Could not be carried out, so that nothing is known of it: {numbers}."
    if report.findings:
        yield from _next_step(report, page)


def _counts(report: Report, page: Page) -> str:
    checks = f"{len(report.entries)} checks"
    left_out = f", {len(report.not_examined)} not examined" if report.not_examined else ""
    count = len(report.findings)
    if count:
        found = page.paint(f"{count} finding{'s' if count > 1 else ''}", RED, BOLD)
        return f"{found} in {checks}{left_out}."
    if report.failed:
        doubt = page.paint("Nothing was found, but not all could be examined", YELLOW, BOLD)
        return f"{doubt} ({checks})."
    return f"{page.paint('All is well', GREEN, BOLD)}: {checks}{left_out}."


def _next_step(report: Report, page: Page) -> Iterator[str]:
    first = report.findings[0][1]
    yield f"  Next: {page.paint(first.mend, CYAN)}"
    fixable = sum(finding.fix is not None for _, finding in report.findings)
    if fixable:
        which = "it" if fixable == len(report.findings) == 1 else f"{fixable} of them"
        yield f"  {page.paint('postern doctor --fix', CYAN)} mends {which}."
