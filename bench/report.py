"""The table, the goals and the JSON of a run."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.goals import OURS, Failures, Goal, Medians
from bench.measures import median, ratio
from bench.plan import Plan
from bench.run import Results
from bench.services.base import BENCH, Service

Row = tuple[str, str, str, str]
NEVER = (
    "failures",
    "profile_failures",
    "refresh_failures",
    "database_unavailable",
    "health_failures",
    "other_failures",
    "never_seen_failures",
    "server_errors",
    "accepted",
)
"""Figures that should be 0. They are added up over the rounds."""
UNCOMPARED = {
    *NEVER,
    "refused",
    "requests",
    "growth",
    "turns",
    "with_retry_after",
    "flood_per_second",
    "checked",
    "known_share",
    "first_share",
}
"""Figures whose ratio has no meaning. Ratios of t or of differences have none either."""
WORST: dict[str, Callable[[list[float]], float]] = {
    **dict.fromkeys(NEVER, sum),
    **dict.fromkeys(("refused_max_ms", "busy_load_core", "load_cpu"), max),
    **dict.fromkeys(("with_retry_after", "known_share", "first_share"), min),
}
APART = "    medians apart, ms"
ROWS: tuple[Row, ...] = (
    ("signin", "per_second", "sign-ins per second", "{:.2f}"),
    ("signin", "ceiling_per_second", "  its own hash alone, per second", "{:.2f}"),
    ("signin", "share", "  share of its own hash alone", "{:.0%}"),
    ("signin", "hash_share_of_cpu", "  the hash's share of processor time", "{:.0%}"),
    ("signin", "failures", "  failed", "{:.0f}"),
    ("profile", "per_second", "profile requests per second", "{:.0f}"),
    ("profile", "server_cpu_ms", "  processor time each, ms", "{:.2f}"),
    ("profile", "p50_ms", "  p50, ms", "{:.1f}"),
    ("profile", "p99_ms", "  p99, ms", "{:.1f}"),
    ("profile", "failures", "  failed", "{:.0f}"),
    (
        "profile",
        "never_seen_per_second",
        "  with tokens seen for the first time, per second",
        "{:.0f}",
    ),
    ("profile", "never_seen_failures", "  of these failed", "{:.0f}"),
    ("refresh", "per_second", "refreshes per second", "{:.0f}"),
    ("refresh", "server_cpu_ms", "  processor time each, ms", "{:.2f}"),
    ("refresh", "p50_ms", "  p50, ms", "{:.1f}"),
    ("refresh", "p99_ms", "  p99, ms", "{:.1f}"),
    ("refresh", "failures", "  failed", "{:.0f}"),
    ("storm", "profile_rest_p50_ms", "profile at rest, p50, ms", "{:.1f}"),
    ("storm", "profile_rest_p99_ms", "  p99, ms", "{:.1f}"),
    ("storm", "profile_storm_p50_ms", "profile while 50 sign in, p50, ms", "{:.1f}"),
    ("storm", "profile_storm_p99_ms", "  p99, ms", "{:.1f}"),
    ("storm", "profile_p99_ratio", "  p99, times that at rest", "{:.1f}"),
    ("storm", "health_rest_p50_ms", "health at rest, p50, ms", "{:.1f}"),
    ("storm", "health_rest_p99_ms", "  p99, ms", "{:.1f}"),
    ("storm", "health_storm_p50_ms", "health while 50 sign in, p50, ms", "{:.1f}"),
    ("storm", "health_storm_p99_ms", "  p99, ms", "{:.1f}"),
    ("storm", "health_p99_ratio", "  p99, times that at rest", "{:.1f}"),
    ("storm", "profile_failures", "profile requests that failed", "{:.0f}"),
    ("storm", "health_failures", "health requests that failed", "{:.0f}"),
    ("storm", "signins_per_second", "sign-ins per second meanwhile", "{:.2f}"),
    ("storm", "refused", "  refused with 503", "{:.0f}"),
    ("storm", "refused_max_ms", "  the slowest of these, ms", "{:.0f}"),
    ("storm", "other_failures", "  failed otherwise", "{:.0f}"),
    ("flood", "flood_per_second", "wrong sign-ins per second, from 10,000 networks", "{:.0f}"),
    ("flood", "known_share", "known devices that sign in meanwhile", "{:.0%}"),
    ("flood", "known_slowest_ms", "  the slowest, ms", "{:.0f}"),
    ("flood", "first_share", "first sign-ins from elsewhere meanwhile", "{:.0%}"),
    ("flood", "first_slowest_ms", "  the slowest, ms", "{:.0f}"),
    ("flood", "refresh_p99_ms", "refresh meanwhile, p99, ms", "{:.1f}"),
    ("flood", "refresh_rest_p99_ms", "  p99 at rest, ms", "{:.1f}"),
    ("flood", "refresh_failures", "  failed", "{:.0f}"),
    ("flood", "profile_p99_ms", "profile meanwhile, p99, ms", "{:.1f}"),
    ("flood", "profile_rest_p99_ms", "  p99 at rest, ms", "{:.1f}"),
    ("flood", "profile_failures", "  failed", "{:.0f}"),
    ("flood", "database_unavailable", "answers database_unavailable", "{:.0f}"),
    ("flood", "checked", "passwords checked meanwhile", "{:.0f}"),
    ("flood", "rate_limit_rows_each", "  rows of rate_limit for each", "{:.2f}"),
    ("flood", "failure_streak_rows_each", "  rows of failure_streak for each", "{:.2f}"),
    ("lookup", "lookup_small_ms", "look-up in the small table, ms", "{:.3f}"),
    ("lookup", "lookup_large_ms", "  in the large one, ms", "{:.3f}"),
    ("lookup", "lookup_ratio", "  times the small one's", "{:.2f}"),
    ("lookup", "signin_ratio", "sign-in, large table, times small", "{:.2f}"),
    ("lookup", "lookup_share", "  the look-up's share of it", "{:.2%}"),
    ("memory", "started_in_s", "from its start to ready, s", "{:.2f}"),
    ("memory", "requests", "memory: profile requests", "{:,.0f}"),
    ("memory", "before_mb", "  MB before them", "{:.0f}"),
    ("memory", "after_mb", "  MB after them", "{:.0f}"),
    ("memory", "growth", "  growth", "{:+.1%}"),
    ("memory", "failures", "  failed", "{:.0f}"),
    ("enumeration", "turns", "refused sign-ins of each kind", "{:.0f}"),
    ("enumeration", "unknown_p50_ms", "  an unknown address, p50, ms", "{:.2f}"),
    ("enumeration", "known_t", "  t of a known one", "{:+.1f}"),
    ("enumeration", "known_apart_ms", APART, "{:+.3f}"),
    ("enumeration", "disabled_t", "  t of a disabled one", "{:+.1f}"),
    ("enumeration", "disabled_apart_ms", APART, "{:+.3f}"),
    ("enumeration", "unverified_t", "  t of an unverified one", "{:+.1f}"),
    ("enumeration", "unverified_apart_ms", APART, "{:+.3f}"),
    ("enumeration", "no_password_t", "  t of one without a password", "{:+.1f}"),
    ("enumeration", "no_password_apart_ms", APART, "{:+.3f}"),
    ("enumeration", "older_cost_t", "  t of one with a hash of older cost", "{:+.1f}"),
    ("enumeration", "older_cost_apart_ms", APART, "{:+.3f}"),
    ("enumeration", "plain_bcrypt_t", "  t of one with plain bcrypt", "{:+.1f}"),
    ("enumeration", "plain_bcrypt_apart_ms", APART, "{:+.3f}"),
    ("mail", "forgot_turns", "requests for a forgotten password, of each kind", "{:.0f}"),
    ("mail", "forgot_unknown_p50_ms", "  an unknown address, p50, ms", "{:.2f}"),
    ("mail", "forgot_known_t", "  t of a known one", "{:+.1f}"),
    ("mail", "forgot_known_apart_ms", APART, "{:+.3f}"),
    ("mail", "forgot_disabled_t", "  t of a disabled one", "{:+.1f}"),
    ("mail", "forgot_disabled_apart_ms", APART, "{:+.3f}"),
    ("mail", "forgot_unverified_t", "  t of an unverified one", "{:+.1f}"),
    ("mail", "forgot_unverified_apart_ms", APART, "{:+.3f}"),
    ("mail", "verification_turns", "requests for a verification, of each kind", "{:.0f}"),
    ("mail", "verification_unknown_p50_ms", "  an unknown address, p50, ms", "{:.2f}"),
    ("mail", "verification_known_t", "  t of a known one", "{:+.1f}"),
    ("mail", "verification_known_apart_ms", APART, "{:+.3f}"),
    ("mail", "verification_disabled_t", "  t of a disabled one", "{:+.1f}"),
    ("mail", "verification_disabled_apart_ms", APART, "{:+.3f}"),
    ("mail", "verification_unverified_t", "  t of an unverified one", "{:+.1f}"),
    ("mail", "verification_unverified_apart_ms", APART, "{:+.3f}"),
    ("mail", "magic_link_turns", "requests for a magic link, of each kind", "{:.0f}"),
    ("mail", "magic_link_unknown_p50_ms", "  an unknown address, p50, ms", "{:.2f}"),
    ("mail", "magic_link_known_t", "  t of a known one", "{:+.1f}"),
    ("mail", "magic_link_known_apart_ms", APART, "{:+.3f}"),
    ("mail", "magic_link_disabled_t", "  t of a disabled one", "{:+.1f}"),
    ("mail", "magic_link_disabled_apart_ms", APART, "{:+.3f}"),
    ("mail", "magic_link_unverified_t", "  t of an unverified one", "{:+.1f}"),
    ("mail", "magic_link_unverified_apart_ms", APART, "{:+.3f}"),
    ("mail", "signup_turns", "quiet sign-ups, of each kind", "{:.0f}"),
    ("mail", "signup_unknown_p50_ms", "  a new address, p50, ms", "{:.2f}"),
    ("mail", "signup_known_t", "  t of a known one", "{:+.1f}"),
    ("mail", "signup_known_apart_ms", APART, "{:+.3f}"),
    ("inputs", "inputs", "bad inputs", "{:,.0f}"),
    ("inputs", "server_errors", "  answered with 5xx, or not at all", "{:.0f}"),
    ("inputs", "overloaded", "  with 503 overloaded", "{:.0f}"),
    ("inputs", "accepted", "  accepted", "{:.0f}"),
    ("inputs", "per_second", "  per second", "{:.0f}"),
    ("inputs", "slowest_ms", "  the slowest answer, ms", "{:.0f}"),
)


def medians_of(results: Results) -> dict[str, dict[str, dict[str, float | None]]]:
    """The medians of each service. If it failed in one round of a scenario, that has no figures."""
    return {
        scenario: {
            service: _medians(rounds)
            for service, rounds in services.items()
            if service not in results.failures.get(scenario, {})
        }
        for scenario, services in results.rounds.items()
    }


def _medians(rounds: list[dict[str, float | None]]) -> dict[str, float | None]:
    """The median of each figure over the rounds that have it, or its sum or worst value."""
    names = dict.fromkeys(name for figures in rounds for name in figures)
    found = {name: [figures[name] for figures in rounds if name in figures] for name in names}
    known = {
        name: [value for value in values if value is not None] for name, values in found.items()
    }
    return {
        name: WORST.get(name, median)(values) if values else None for name, values in known.items()
    }


def print_table(medians: Medians, failures: Failures, services: Iterable[str]) -> None:
    """Each figure of each service, and our figure as a multiple of each peer's."""
    names = list(services)
    peers = [name for name in names if name != OURS] if OURS in names else []
    heads = [*names, *(f"÷ {peer}" for peer in peers)]
    lines = [("", *heads)]
    for scenario, figure, label, form in ROWS:
        values = [medians.get(scenario, {}).get(name, {}).get(figure) for name in names]
        erred = failures.get(scenario, {})
        if all(value is None for value in values) and not erred:
            continue
        by_name = dict(zip(names, values, strict=True))
        compared = figure not in UNCOMPARED and not figure.endswith(("_t", "_apart_ms"))
        ratios = [ratio(by_name.get(OURS), by_name[peer]) if compared else None for peer in peers]
        cells = ("failed" if name in erred else _cell(by_name[name], form) for name in names)
        lines.append((label, *cells, *(_cell(value, "{:.2f}") for value in ratios)))
    _print(lines)


def print_load(medians: Medians, services: Iterable[str]) -> None:
    """How busy the core of the load was. Near 100 % the load itself would limit the figures."""
    names = list(services)
    lines = [("busy share of the load's core (of the load generator), at most", *names)]
    for scenario, found in medians.items():
        cells = [_load(found.get(name, {})) for name in names]
        if any(cells):
            lines.append((f"  {scenario}", *(cell or "–" for cell in cells)))
    if len(lines) > 1:
        _print(lines)


def _load(figures: Mapping[str, float | None]) -> str | None:
    busy, own = figures.get("busy_load_core"), figures.get("load_cpu")
    return None if busy is None else f"{busy:.0%} ({_cell(own, '{:.0%}')})"


def print_failures(failures: Failures) -> None:
    for scenario, services in failures.items():
        for service, reason in services.items():
            print(f"\nfailed: {scenario}, {service}: {reason}")


def print_goals(goals: list[Goal]) -> None:
    lines = [("goal", "", "measured", "")]
    for goal in goals:
        bound = f"{'≥' if goal.at_least else '≤'} {_plain(goal.bound)} {goal.unit}".rstrip()
        verdict = f"{goal.verdict}  {goal.note}".rstrip()
        lines.append((goal.what, bound, _cell(goal.measured, "{:,.3g}"), verdict))
    _print(lines, left=(0, 3))


def document(
    plan: Plan,
    options: dict[str, str],
    services: list[type[Service]],
    results: Results,
    goals: list[Goal],
) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.system(),
            "python": platform.python_version(),
            "load_average": os.getloadavg(),
        },
        "source": _source(),
        "plan": asdict(plan),
        "postern_settings": options,
        "versions": {
            "postgresql": results.postgres,
            **{kind.name: kind("", "", {}).versions() for kind in services},
        },
        "medians": medians_of(results),
        "goals": [asdict(goal) | {"verdict": goal.verdict} for goal in goals],
        "failures": results.failures,
        "rounds": results.rounds,
    }


def write(found: dict[str, Any], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return path


def _source() -> dict[str, Any]:
    """The commit, and whether the tree was clean. None without a repository."""
    changes = _git("status", "--porcelain")
    clean = None if changes is None else changes == ""
    return {"commit": _git("rev-parse", "HEAD"), "clean": clean}


def _git(*arguments: str) -> str | None:
    with suppress(OSError, subprocess.CalledProcessError):
        asked = ("git", "-C", str(BENCH), *arguments)
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return None


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _plain(number: float) -> str:
    return f"{number:g}"


def _print(lines: list[tuple[str, ...]], left: tuple[int, ...] = (0,)) -> None:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    print()
    for line in lines:
        cells = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
