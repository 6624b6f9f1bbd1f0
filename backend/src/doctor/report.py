"""What the doctor says: conditions with stable codes, findings with evidence, and the report."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, assert_never

if TYPE_CHECKING:
    from src.doctor.case import Case

DOCUMENT = "DATABASE_TROUBLESHOOTING.md"

FINE, FINDINGS, COULD_NOT_RUN = 0, 1, 2


class Group(StrEnum):
    VIEWS = "Five views of the schema"
    SETTINGS = "Settings"
    REACHABILITY = "Reachability"
    IDENTITY = "Identity"
    SCHEMA = "Schema"
    MIGRATIONS = "Migrations"
    RUNTIME = "Runtime"
    BYTECODE = "Bytecode"
    SECURITY = "Security"
    WEB_APP = "Web app"
    FLOW = "Sign up, sign in, profile"


@dataclass(frozen=True)
class AutomaticFix:
    """A change that `--fix` makes. It is safe: it can be repeated and loses nothing."""

    says: str
    apply: Callable[[], None]


@dataclass(frozen=True)
class Condition:
    """Something that can be wrong. Its code never changes; its heading is that of its section."""

    code: str
    title: str
    why: str
    heading: str

    registry: ClassVar[dict[str, "Condition"]] = {}

    def __post_init__(self) -> None:
        Condition.registry[self.code] = self

    @property
    def link(self) -> str:
        return f"{DOCUMENT}#{anchor(self.heading)}"

    def found(self, *evidence: str, fix: str, automatic: AutomaticFix | None = None) -> "Found":
        return Found((Finding(self, evidence, fix, automatic),))


@dataclass(frozen=True)
class Finding:
    """One condition in one place: what was seen, and the one command or edit that fixes it."""

    condition: Condition
    evidence: tuple[str, ...]
    fix: str
    automatic: AutomaticFix | None = None
    """What `--fix` does about it, if it can."""


@dataclass(frozen=True)
class Fine:
    seen: str
    details: tuple[str, ...] = ()
    """More that the reader may want to compare."""


@dataclass(frozen=True)
class Found:
    findings: tuple[Finding, ...]

    def __add__(self, other: "Found") -> "Found":
        return Found(self.findings + other.findings)


@dataclass(frozen=True)
class NotExamined:
    because: str


@dataclass(frozen=True)
class Failed:
    """The check itself failed, so its result is not known."""

    error: str


Outcome = Fine | Found | NotExamined | Failed


class CannotExamine(Exception):  # noqa: N818  it names the fact
    """Something that a check needs is missing. Another check reports why."""


def found_or_fine(findings: list[Found], seen: str) -> Outcome:
    """All findings as one outcome; `Fine` if there are none."""
    return sum(findings[1:], findings[0]) if findings else Fine(seen)


@dataclass(frozen=True)
class Check:
    group: Group
    title: str
    examine: "Callable[[Case], Outcome]"


@dataclass(frozen=True)
class Entry:
    number: int
    group: Group
    title: str
    outcome: Outcome


@dataclass(frozen=True)
class Report:
    subject: str
    entries: tuple[Entry, ...]
    fixed: tuple[str, ...] = ()
    not_fixed: tuple[str, ...] = ()
    """Automatic fixes that failed, each with the reason."""

    @property
    def findings(self) -> tuple[tuple[Entry, Finding], ...]:
        return tuple(
            (entry, finding)
            for entry in self.entries
            if isinstance(entry.outcome, Found)
            for finding in entry.outcome.findings
        )

    @property
    def failed(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry.outcome, Failed))

    @property
    def not_examined(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry.outcome, NotExamined))

    @property
    def exit_code(self) -> int:
        """A finding is certain, so it counts more than a check that failed."""
        if self.findings:
            return FINDINGS
        return COULD_NOT_RUN if self.failed else FINE

    def document(self) -> dict[str, object]:
        """The report for programs. The names with `mend` are those of before: for one release."""
        return {
            "subject": self.subject,
            "exit_code": self.exit_code,
            "checks": [_entry(entry) for entry in self.entries],
            "fixed": list(self.fixed),
            "not_fixed": list(self.not_fixed),
            "mended": list(self.fixed),
            "not_mended": list(self.not_fixed),
        }


def _entry(entry: Entry) -> dict[str, object]:
    common = {"number": entry.number, "group": entry.group.value, "title": entry.title}
    match entry.outcome:
        case Fine(seen, details):
            return {**common, "outcome": "fine", "seen": seen, "details": list(details)}
        case Found(findings):
            return {**common, "outcome": "found", "findings": [_finding(one) for one in findings]}
        case NotExamined(because):
            return {**common, "outcome": "not_examined", "because": because}
        case Failed(error):
            return {**common, "outcome": "failed", "error": error}
        case _:
            assert_never(entry.outcome)


def _finding(finding: Finding) -> dict[str, object]:
    condition = finding.condition
    return {
        "code": condition.code,
        "title": condition.title,
        "evidence": list(finding.evidence),
        "why": condition.why,
        "fix": finding.fix,
        "mend": finding.fix,
        "fixable": finding.automatic is not None,
        "more": condition.link,
    }


def anchor(heading: str) -> str:
    """The fragment of a heading's link where Markdown is shown on the web."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
