"""What clients saw of a fault, and the table of all faults. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bench.measures import percentile

HEADS = (
    "Fault",
    "What clients saw",
    "Slowest answer, s",
    "Lost",
    "Saved without an answer",
    "First success after it, s",
    "Last failure after it, s",
    "p50 / p99 before, ms",
    "during",
    "after",
)

Change = tuple[str, str | None]
"""An account's address and its new name. None: the sign-up."""


@dataclass(frozen=True)
class Answer:
    """One request, and how it ended. Moments are seconds of one clock that only counts up."""

    said: str
    """The status, with the code of a problem; or how the connection failed."""
    ok: bool
    sent: float
    came: float
    asked: str = ""
    """The method and the path."""


@dataclass(frozen=True)
class Kept:
    """What the database has after a fault, compared with what the clients were told."""

    acknowledged: int
    lost: tuple[str, ...]
    """Acknowledged, and missing: a sentence each."""
    unacknowledged: int
    """Changes that were not acknowledged, and that were made all the same."""


def compared(changes: Mapping[Change, bool], saved: AbstractSet[Change]) -> tuple[list[str], int]:
    """The acknowledged changes that were not saved, and how many of the others were."""
    lost = [
        f"{email}: {'the sign-up' if name is None else name} is missing"
        for (email, name), acknowledged in changes.items()
        if acknowledged and (email, name) not in saved
    ]
    unacknowledged = {change for change, acknowledged in changes.items() if not acknowledged}
    return lost, len(unacknowledged & saved)


@dataclass(frozen=True)
class Outcome:
    """A fault from `began` to `ended`, with all answers before, during and after it."""

    what: str
    answers: Sequence[Answer]
    began: float
    ended: float
    kept: Kept

    def last_failure(self) -> float:
        """Seconds from the end of the fault until the last failed request was sent, or 0."""
        failed = [answer.sent - self.ended for answer in self.answers if not answer.ok]
        return max([0.0, *failed])

    def first_success(self) -> float | None:
        """Seconds from the end of the fault to the first answer that is a success."""
        came = [answer.came - self.ended for answer in self.answers if answer.ok]
        return min((after for after in came if after >= 0), default=None)

    def concerned(self) -> list[Answer]:
        """Answers to requests that were sent from the start of the fault until all was well."""
        well = self.ended + self.last_failure()
        return [answer for answer in self.answers if self.began <= answer.sent <= well]

    def seen(self) -> Counter[str]:
        return Counter(answer.said for answer in self.concerned())

    def slowest(self) -> float:
        return max((answer.came - answer.sent for answer in self.concerned()), default=0.0)

    def latencies(self) -> tuple[list[float], list[float], list[float]]:
        """How long successes took, in ms: of requests sent before, during and after the fault."""
        phases: tuple[list[float], list[float], list[float]] = ([], [], [])
        for answer in self.answers:
            if answer.ok:
                phase = (answer.sent >= self.began) + (answer.sent >= self.ended)
                phases[phase].append((answer.came - answer.sent) * 1000)
        return phases

    def mistakes(self) -> list[str]:
        """What must never be: a lost change, a 500, or a service that does not recover."""
        found = list(self.kept.lost)
        found += [f"{one.asked}: {one.said}" for one in self.answers if one.said[:3] == "500"]
        if self.first_success() is None:
            found.append("no success after the fault")
        return found


def head() -> str:
    """The first two lines of a table in Markdown."""
    return f"{line(HEADS)}\n{line(['---'] * len(HEADS))}"


def row(outcome: Outcome) -> str:
    return line(_cells(outcome))


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    first, last = outcome.first_success(), outcome.last_failure()
    return (
        outcome.what,
        counts(outcome.seen()),
        f"{outcome.slowest():.1f}",
        f"{len(outcome.kept.lost)} of {outcome.kept.acknowledged}",
        str(outcome.kept.unacknowledged),
        "never" if first is None else f"{first:.1f}",
        f"{last:.1f}" if last else "none",
        *map(_latency, outcome.latencies()),
    )


def counts(seen: Counter[str]) -> str:
    """The most frequent first."""
    ordered = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} × {said}" for said, count in ordered)


def _latency(times: Sequence[float]) -> str:
    middle, high = percentile(times, 0.5), percentile(times, 0.99)
    return "none" if middle is None or high is None else f"{middle:.0f} / {high:.0f}"
