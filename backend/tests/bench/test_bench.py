"""What `make bench` computes from its measurements. Nothing here takes a time."""

from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from src.settings import BACKEND


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package `bench` beside the backend, with the modules that are used below."""
    monkeypatch.syspath_prepend(BACKEND.parent)
    for part in ("goals", "measures", "report", "run", "traffic"):
        import_module(f"bench.{part}")
    return import_module("bench")


class TestFigures:
    def test_a_percentile_is_a_value_that_was_measured(self, bench: Any) -> None:
        percentile = bench.measures.percentile

        assert percentile([4, 1, 3, 2], 0.5) == 2
        assert percentile(range(1, 1001), 0.99) == 990
        assert percentile([7], 0.99) == 7
        assert percentile([], 0.99) is None

    def test_welchs_t_is_the_textbooks(self, bench: Any) -> None:
        first = [
            27.5,
            21.0,
            19.0,
            23.6,
            17.0,
            17.9,
            16.9,
            20.1,
            21.9,
            22.6,
            23.1,
            19.6,
            19.0,
            21.7,
            21.4,
        ]
        second = [
            27.1,
            22.0,
            20.8,
            23.4,
            23.4,
            23.5,
            25.8,
            22.0,
            24.8,
            20.2,
            21.9,
            22.1,
            22.9,
            30.5,
            24.4,
        ]

        assert bench.measures.welch_t(first, second) == pytest.approx(-2.8, abs=0.1)

    def test_samples_that_do_not_vary_are_far_apart_or_the_same(self, bench: Any) -> None:
        assert bench.measures.welch_t([1, 1], [1, 1]) == 0
        assert bench.measures.welch_t([2, 2], [1, 1]) == float("inf")


class TestAnswers:
    def answers(self, bench: Any, *taken: tuple[int, float, float], **more: Any) -> Any:
        answers = [bench.traffic.Answer(*answer, retry_after=False) for answer in taken]
        return bench.traffic.Answers(10, answers, more.get("errors", 0), more.get("unanswered", []))

    def test_refusals_are_failures_and_no_speed(self, bench: Any) -> None:
        answers = self.answers(bench, (200, 5, 1), (503, 1, 2), (200, 7, 3), errors=1)

        assert answers.per_second() == 0.2
        assert answers.failures() == 2
        assert answers.latency(0.99) == 7

    def test_what_was_never_answered_counts_with_its_age(self, bench: Any) -> None:
        answers = self.answers(bench, (200, 5, 1), unanswered=[9000])

        assert answers.latency(0.99) == 9000

    def test_the_steady_rate_leaves_out_the_edges(self, bench: Any) -> None:
        answers = self.answers(bench, (200, 5, 2), (200, 5, 3), (200, 5, 4))

        assert answers.steady_per_second() == 1


class TestGoals:
    def verdicts(self, bench: Any, medians: Any) -> dict[str, str]:
        sizes = {"people": 1_000_000, "memory_requests": 100_000, "pairs": 1_000}
        goals = bench.goals.judged(medians, refresh_seconds=15, **sizes)
        return {goal.what: goal.verdict for goal in goals}

    def test_what_was_not_measured_is_neither_met_nor_missed(self, bench: Any) -> None:
        assert set(self.verdicts(bench, {}).values()) == {"not measured"}

    def test_a_bound_is_met_when_it_is_reached_and_missed_past_it(self, bench: Any) -> None:
        storm = {"postern": {"profile_storm_p99_ms": 50.0, "profile_p99_ratio": 5.1}}

        verdicts = self.verdicts(bench, {"storm": storm})

        assert verdicts["profile p99 while 50 sign in"] == "pass"
        assert verdicts["the same, of its p99 at rest"] == "miss"

    def test_speed_is_judged_against_each_peer(self, bench: Any) -> None:
        speeds = {"postern": 300, "fastapi-users": 100, "better-auth": 250}
        profile = {name: {"per_second": speed} for name, speed in speeds.items()}

        verdicts = self.verdicts(bench, {"profile": profile})

        assert verdicts["profile requests, of fastapi-users's"] == "pass"
        assert verdicts["profile requests, of better-auth's"] == "miss"

    def test_a_time_that_tells_counts_in_both_directions(self, bench: Any) -> None:
        verdicts = self.verdicts(bench, {"enumeration": {"postern": {"older_cost_t": -200.0}}})

        assert verdicts["|t| of older cost, to unknown"] == "miss"


def test_what_must_not_happen_counts_in_whichever_round_it_does(bench: Any) -> None:
    results = bench.run.Results()
    for failures, slowest, told in ((0.0, 900.0, 1.0), (7.0, 1200.0, 0.9), (0.0, 800.0, 1.0)):
        figures = {"p50_ms": slowest, "failures": failures}
        figures |= {"refused_max_ms": slowest, "told_when_to_come_again": told}
        results.add("storm", "postern", figures)

    found = bench.report.medians_of(results)["storm"]["postern"]

    assert found == {
        "p50_ms": 900,
        "failures": 7,
        "refused_max_ms": 1200,
        "told_when_to_come_again": 0.9,
    }
