"""Versions of Next.js whose proxy (formerly middleware) can be passed by, as was published."""

from dataclasses import dataclass

from src.doctor.packages import numbers

FLOOR = "16.4.5"
"""The oldest version that Postern is run with."""


@dataclass(frozen=True)
class Bypass:
    """An advisory; `mended` holds the first good version of each line, oldest line first."""

    name: str
    since: str
    mended: tuple[str, ...]

    def affects(self, version: str) -> bool:
        ours = numbers(version)
        if ours < numbers(self.since):
            return False
        line = next((good for good in self.mended if numbers(good)[0] >= ours[0]), None)
        return line is not None and ours < numbers(line)


BYPASSES = (
    Bypass("CVE-2025-29927", "11.1.4", ("12.3.5", "13.5.9", "14.2.25", "15.2.3")),
    Bypass("CVE-2026-44575", "15.2.0", ("15.5.16", "16.2.5")),
    Bypass("CVE-2026-45109", "15.2.0", ("15.5.18", "16.2.6")),
)


def bypasses(version: str) -> tuple[str, ...]:
    """What was published against this version; the floor of this house where nothing is known."""
    known = tuple(bypass.name for bypass in BYPASSES if bypass.affects(version))
    if known or numbers(version) >= numbers(FLOOR):
        return known
    return (f"older than {FLOOR}",)
