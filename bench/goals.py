"""The goals that Postern must meet, as far as they are measured here, and their verdicts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench.measures import ratio

Medians = Mapping[str, Mapping[str, Mapping[str, float | None]]]
"""By scenario, service and figure."""
Failures = Mapping[str, Mapping[str, str]]
"""By scenario and service, why it could not be measured."""

OURS = "postern"
PEERS = {"fastapi-users": 2.5, "better-auth": 1.5}
"""How many times as many profile requests per second as theirs we must answer."""
KINDS = ("known", "disabled", "unverified", "no_password", "older_cost", "plain_bcrypt")
DOORS = ("forgot", "verification", "magic_link")
"""Requests for a mail to any address."""
OF_MAIL = ("known", "disabled", "unverified")
FULL_TABLE = 1_000_000
ENOUGH_PAIRS = 1_000


@dataclass(frozen=True)
class Goal:
    """One bound and the measured value. None is a miss if the measurement failed."""

    what: str
    measured: float | None
    bound: float
    unit: str = ""
    at_least: bool = False
    note: str = ""
    failed: bool = False

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "miss" if self.failed else "not measured"
        met = self.measured >= self.bound if self.at_least else self.measured <= self.bound
        return "pass" if met else "miss"


def judged(  # noqa: PLR0913  the sizes of the run
    medians: Medians,
    failures: Failures,
    *,
    people: int,
    memory_requests: int,
    refresh_seconds: float,
    pairs: int,
) -> list[Goal]:
    """Every goal. A goal that depends on a size has a note if the run was smaller."""
    goals = {
        "signin": _signing_in(medians),
        "storm": _storm(medians),
        "flood": _flood(medians),
        "profile": _speed(medians, failures),
        "refresh": _refreshing(medians, refresh_seconds),
        "lookup": _lookup(medians, people),
        "memory": _memory(medians, memory_requests),
        "enumeration": _enumeration(medians, pairs),
        "mail": _mail(medians, pairs),
        "inputs": _inputs(medians),
    }
    return [
        replace(goal, failed=True, note="failed") if OURS in failures.get(scenario, {}) else goal
        for scenario, found in goals.items()
        for goal in found
    ]


def _ours(medians: Medians, scenario: str, figure: str) -> float | None:
    return medians.get(scenario, {}).get(OURS, {}).get(figure)


def _signing_in(medians: Medians) -> list[Goal]:
    share = _ours(medians, "signin", "share")
    return [Goal("sign-ins, as a share of bcrypt alone", share, 0.95, "×", at_least=True)]


def _storm(medians: Medians) -> list[Goal]:
    def found(figure: str) -> float | None:
        return _ours(medians, "storm", figure)

    with_retry_after = found("with_retry_after")
    return [
        Goal("profile p99 while 50 sign in", found("profile_storm_p99_ms"), 50, "ms"),
        Goal("the same, of its p99 at rest", found("profile_p99_ratio"), 5, "×"),
        Goal("profile requests that failed meanwhile", found("profile_failures"), 0),
        Goal("slowest 503 while 50 sign in", found("refused_max_ms"), 1000, "ms"),
        Goal("503s with Retry-After", with_retry_after, 1, "×", at_least=True),
    ]


def _flood(medians: Medians) -> list[Goal]:
    """While 100 wrong sign-ins a second come from 10,000 networks of one provider."""

    def found(figure: str) -> float | None:
        return _ours(medians, "flood", figure)

    sent = found("flood_per_second")
    note = "" if sent is None else f"{sent:.0f} wrong ones per second"
    known, first = found("known_share"), found("first_share")
    return [
        Goal("known devices that sign in during a flood", known, 1, "×", at_least=True, note=note),
        Goal("first sign-ins from elsewhere", first, 0.95, "×", at_least=True),
        Goal("refresh p99 during a flood", found("refresh_p99_ms"), 100, "ms"),
        Goal("refreshes that failed in it", found("refresh_failures"), 0),
        Goal("profile p99 during a flood", found("profile_p99_ms"), 100, "ms"),
        Goal("profile requests that failed in it", found("profile_failures"), 0),
        Goal("its answers database_unavailable", found("database_unavailable"), 0),
        Goal("rows of rate_limit for each checked password", found("rate_limit_rows_each"), 3),
        Goal("rows of failure_streak for each", found("failure_streak_rows_each"), 1),
    ]


def _speed(medians: Medians, failures: Failures) -> list[Goal]:
    ours = _ours(medians, "profile", "per_second")
    theirs = {peer: medians.get("profile", {}).get(peer, {}).get("per_second") for peer in PEERS}
    erred = failures.get("profile", {})
    return [
        Goal(
            f"profile requests, of {peer}'s",
            ratio(ours, theirs[peer]),
            bound,
            "×",
            at_least=True,
            note=f"{peer} failed" if peer in erred else "",
        )
        for peer, bound in PEERS.items()
    ]


def _refreshing(medians: Medians, seconds: float) -> list[Goal]:
    speed, within = _ours(medians, "refresh", "per_second"), f"in {seconds:,.0f} s"
    return [
        Goal("refreshes per second and core", speed, 120, "/s", at_least=True),
        Goal("refresh p99", _ours(medians, "refresh", "p99_ms"), 100, "ms"),
        Goal("refreshes that failed", _ours(medians, "refresh", "failures"), 0, note=within),
    ]


def _lookup(medians: Medians, people: int) -> list[Goal]:
    smaller = "" if people == FULL_TABLE else f"with {people:,} accounts only"
    lookup = _ours(medians, "lookup", "lookup_ratio")
    return [Goal("look-up among 10⁶ accounts, of that among 10³", lookup, 1.2, "×", note=smaller)]


def _memory(medians: Medians, requests: int) -> list[Goal]:
    fewer = f"after {requests:,} requests"
    return [
        Goal("from its start to ready", _ours(medians, "memory", "started_in_s"), 2, "s"),
        Goal("memory", _ours(medians, "memory", "after_mb"), 150, "MB", note=fewer),
        Goal("its growth", _ours(medians, "memory", "growth"), 0.05, "×", note=fewer),
    ]


def _enumeration(medians: Medians, pairs: int) -> list[Goal]:
    return [_t_of(medians, pairs, "enumeration", kind) for kind in KINDS]


def _mail(medians: Medians, pairs: int) -> list[Goal]:
    asked = [f"{door}_{kind}" for door in DOORS for kind in OF_MAIL]
    return [_t_of(medians, pairs, "mail", name) for name in (*asked, "signup_known")]


def _t_of(medians: Medians, pairs: int, scenario: str, kind: str) -> Goal:
    t = _ours(medians, scenario, f"{kind}_t")
    apart = _ours(medians, scenario, f"{kind}_apart_ms")
    fewer = "" if pairs >= ENOUGH_PAIRS else f"of {pairs} pairs only"
    notes = ("" if apart is None else f"medians {apart:+.3f} ms apart", fewer)
    measured, note = None if t is None else abs(t), ", ".join(filter(None, notes))
    return Goal(f"|t| of {kind.replace('_', ' ')}, to unknown", measured, 4.5, note=note)


def _inputs(medians: Medians) -> list[Goal]:
    inputs = _ours(medians, "inputs", "inputs")
    of = "" if inputs is None else f"of {inputs:,.0f}"
    erred, accepted = (_ours(medians, "inputs", name) for name in ("server_errors", "accepted"))
    return [
        Goal("bad inputs with a 5xx or no answer", erred, 0, note=of),
        Goal("bad inputs that were accepted", accepted, 0, note=of),
    ]
