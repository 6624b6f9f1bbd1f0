"""What `make bench` computes from its measurements. Nothing here takes a time."""

import subprocess
from collections import Counter
from ipaddress import IPv6Network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


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
        goals = bench.goals.judged(medians, {}, refresh_seconds=15, **sizes)
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

    def test_every_goal_is_of_a_scenario_that_is_measured(self, bench: Any) -> None:
        failures = {scenario: {"postern": "it erred"} for scenario in bench.run.SCENARIOS}
        sizes = {"people": 1, "memory_requests": 1, "refresh_seconds": 1, "pairs": 1}

        assert {goal.verdict for goal in bench.goals.judged({}, failures, **sizes)} == {"miss"}

    def test_a_bad_input_that_was_accepted_is_a_miss_and_tells_of_how_many(
        self, bench: Any
    ) -> None:
        found = {"inputs": 104_000.0, "server_errors": 0.0, "accepted": 1.0}
        sizes = {"people": 1, "memory_requests": 1, "refresh_seconds": 1, "pairs": 1}

        erred, accepted = bench.goals.judged({"inputs": {"postern": found}}, {}, **sizes)[-2:]

        assert (erred.verdict, accepted.verdict) == ("pass", "miss")
        assert accepted.note == "of 104,000"


class Fake:
    """A server of which only its name and what befalls it are looked at."""

    def __init__(self, name: str = "postern") -> None:
        self.service = SimpleNamespace(name=name)
        self.restarts = 0

    def require_running(self) -> None: ...

    def come_to_rest(self) -> None: ...

    def restart(self) -> None:
        self.restarts += 1


class TestErring:
    """A scenario that errs is a failed figure, and not the end of the run."""

    @pytest.fixture
    def results(self, bench: Any) -> Any:
        results = bench.run.Results()
        for scenario, service, server_erred in (
            ("storm", "postern", True),
            ("profile", "postern", False),
            ("profile", "better-auth", True),
        ):
            self.recorded(bench, results, scenario, Fake(service), erred=server_erred)
        return results

    def recorded(
        self, bench: Any, results: Any, scenario: str, server: Fake, *, erred: bool
    ) -> None:
        def measure() -> dict[str, float]:
            if erred:
                raise bench.servers.ServerErred("It has ended:\nTraceback …\nMemoryError")
            return {"per_second": 300.0, "profile_failures": 0.0}

        bench.run.record(results, scenario, server, measure, scenario)

    def test_the_reason_is_kept_in_one_line(self, results: Any) -> None:
        assert results.failures == {
            "storm": {"postern": "It has ended: MemoryError"},
            "profile": {"better-auth": "It has ended: MemoryError"},
        }

    def test_what_is_no_refusal_is_kept_with_its_name(self, bench: Any) -> None:
        assert bench.run.in_one_line(KeyError("access_token")) == "KeyError: 'access_token'"

    def test_the_next_scenario_finds_a_fresh_server(self, bench: Any) -> None:
        server, results = Fake(), bench.run.Results()

        self.recorded(bench, results, "storm", server, erred=True)
        self.recorded(bench, results, "profile", server, erred=False)

        assert server.restarts == 1
        assert "profile" in results.rounds

    def test_one_round_that_failed_is_not_made_good_by_another(self, bench: Any) -> None:
        results = bench.run.Results()
        self.recorded(bench, results, "storm", Fake(), erred=False)
        self.recorded(bench, results, "storm", Fake(), erred=True)

        assert bench.report.medians_of(results) == {"storm": {}}
        assert len(results.rounds["storm"]["postern"]) == 1

    def test_the_table_and_the_goals_say_so(
        self, bench: Any, results: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        medians, sizes = bench.report.medians_of(results), {"people": 1, "memory_requests": 1}
        goals = bench.goals.judged(medians, results.failures, refresh_seconds=1, pairs=1, **sizes)

        bench.report.print_table(medians, results.failures, ["postern", "better-auth"])
        bench.report.print_failures(results.failures)
        lines = capsys.readouterr().out.splitlines()

        table = {line.strip().split("  ")[0]: line.split()[-3:] for line in lines if line.strip()}
        assert table["profile requests per second"] == ["300", "failed", "–"]
        assert table["profile requests that failed"] == ["failed", "–", "–"]
        assert "failed: storm, postern: It has ended: MemoryError" in lines
        verdicts = {goal.what: (goal.verdict, goal.note) for goal in goals}
        assert verdicts["profile requests that failed meanwhile"] == ("miss", "failed")
        expected = ("not measured", "better-auth failed")
        assert verdicts["profile requests, of better-auth's"] == expected


class TestDocument:
    def test_it_tells_the_commit_and_whether_the_tree_was_clean(
        self, bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bench.report, "BENCH", tmp_path)
        name = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        for command in (("init", "-q"), (*name, "commit", "-q", "--allow-empty", "-m", "first")):
            subprocess.run(("git", "-C", str(tmp_path), *command), check=True)

        found = self.document(bench)["source"]
        (tmp_path / "new").touch()
        changed = self.document(bench)["source"]

        assert len(found["commit"]) == 40
        assert found["clean"] is True
        assert changed == found | {"clean": False}

    def test_without_a_repository_it_does_not_know(
        self, bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bench.report, "BENCH", tmp_path)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

        assert self.document(bench)["source"] == {"commit": None, "clean": None}

    def test_it_tells_the_databases_version_and_what_failed(self, bench: Any) -> None:
        document = self.document(bench)

        assert document["versions"]["postgresql"] == "18.1"
        assert document["failures"] == {"storm": {"postern": "it erred"}}

    def document(self, bench: Any) -> Any:
        results = bench.run.Results(postgres="18.1", failures={"storm": {"postern": "it erred"}})
        return bench.report.document(bench.plan.QUICK, {}, [], results, [])


def test_the_load_generators_share_is_that_of_the_worst_round(
    bench: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    results = bench.run.Results()
    for busy in (0.3, 0.9, 0.4):
        figures = {"busy_load_core": busy, "load_cpu": busy / 3}
        results.add("profile", "postern", figures)
    results.add("memory", "postern", {"after_mb": 100.0})

    bench.report.print_load(bench.report.medians_of(results), ["postern", "better-auth"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["profile", "90%", "(30%)", "–"]
    assert not any("memory" in line for line in lines)


class TestEnumeration:
    def test_every_kind_comes_equally_often_from_as_many_addresses(self, bench: Any) -> None:
        enumeration = bench.run.enumeration
        asked = Counter[str]()

        def refused(_server: Any, email: str) -> float:
            asked[email] += 1
            return 1.0

        each = enumeration.EACH
        people = {kind: range(place * each, (place + 1) * each) for place, kind in enumerate("ab")}

        times = enumeration.timed(None, people, 3 * each - 1, refused)

        assert {kind: len(found) for kind, found in times.items()} == dict.fromkeys(
            ("unknown", "a", "b"), 3 * each - 1
        )
        assert set(asked.values()) == {3}
        assert len(asked) == 3 * each

    def test_every_kind_of_account_is_judged(self, bench: Any) -> None:
        enumeration = bench.run.enumeration
        kinds = {kind.replace(" ", "_") for kind in (enumeration.KNOWN, *enumeration.OF_KIND)}

        assert set(bench.goals.KINDS) == kinds
        assert set(enumeration.KINDS) == set(enumeration.OF_KIND)

    def test_every_request_for_a_mail_is_judged_for_every_kind(self, bench: Any) -> None:
        mail = bench.run.mail
        assert tuple(mail.DOORS) == bench.goals.DOORS
        assert bench.goals.OF_MAIL == mail.KINDS

    def test_the_medians_difference_stands_beside_t(
        self, bench: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enumeration = bench.run.enumeration
        times = {"unknown": [5.0, 6.0, 7.0], "known": [5.5, 6.25, 8.0]}
        monkeypatch.setattr(enumeration, "timed", lambda *_: times)

        figures = enumeration.compared(None, {"known": range(1)}, 3)
        sizes = {"people": 1, "memory_requests": 1, "refresh_seconds": 1, "pairs": 3}
        goals = bench.goals.judged({"enumeration": {"postern": figures}}, {}, **sizes)
        [note] = [goal.note for goal in goals if goal.what == "|t| of known, to unknown"]

        assert figures["known_apart_ms"] == 0.25
        assert note == "medians +0.250 ms apart, of 3 pairs only"


class TestFlood:
    """What is made of the answers of a flood, and where it comes from."""

    def answers(self, bench: Any, *taken: tuple[int, float, str | None], errors: int = 0) -> Any:
        made = [
            bench.traffic.Answer(status, time, came=1.0, retry_after=False, code=code)
            for status, time, code in taken
        ]
        return bench.traffic.Answers(20, made, errors)

    def test_it_comes_from_ten_thousand_networks_of_one_provider(self, bench: Any) -> None:
        networks = {IPv6Network((one, 64), strict=False) for one in bench.run.flood.networks()}

        assert len(networks) == 10_000
        assert {network.supernet(new_prefix=32) for network in networks} == {
            IPv6Network("2001:db8::/32")
        }
        assert len({network.supernet(new_prefix=48) for network in networks}) > 5_000

    def test_who_waits_too_long_or_gets_no_answer_did_not_sign_in(self, bench: Any) -> None:
        answers = self.answers(
            bench, (200, 2_000, None), (200, 2_001, None), (503, 5, "overloaded"), errors=1
        )

        assert bench.run.flood.share_in_time(answers) == 0.25

    def test_each_kind_of_people_has_its_figures(self, bench: Any) -> None:
        good = self.answers(bench, (200, 300, None))
        fault = self.answers(bench, (503, 900, "database_unavailable"), (200, 40, None))
        groups = {"flood": fault, "known": good, "first": good, "profile": good, "refresh": fault}

        assert bench.run.flood.figures(groups) == {
            "flood_per_second": 0.1,
            "known_share": 1,
            "first_share": 1,
            "known_slowest_ms": 300,
            "first_slowest_ms": 300,
            "refresh_p99_ms": 40,
            "refresh_failures": 1,
            "profile_p99_ms": 300,
            "profile_failures": 0,
            "database_unavailable": 2,
        }

    def test_a_service_without_refreshes_has_no_figure_for_them(self, bench: Any) -> None:
        good = self.answers(bench, (200, 300, None))

        figures = bench.run.flood.figures(
            dict.fromkeys(("flood", "known", "first", "profile"), good)
        )

        assert "refresh_failures" not in figures

    def test_streams_of_one_kind_count_together(self, bench: Any) -> None:
        parts = [self.answers(bench, (200, 300, None)), self.answers(bench, errors=1)]

        found = bench.run.flood.together(parts)

        assert (len(found.taken), found.errors) == (1, 1)

    def test_the_worst_round_counts(self, bench: Any) -> None:
        results = bench.run.Results()
        for share in (1.0, 0.5, 1.0):
            results.add("flood", "postern", {"known_share": share, "first_share": share})

        medians = bench.report.medians_of(results)["flood"]["postern"]

        assert medians == {"known_share": 0.5, "first_share": 0.5}


def test_what_must_not_happen_counts_in_whichever_round_it_does(bench: Any) -> None:
    results = bench.run.Results()
    for failures, slowest, polite in ((0.0, 900.0, 1.0), (7.0, 1200.0, 0.9), (0.0, 800.0, 1.0)):
        figures = {"p50_ms": slowest, "failures": failures}
        figures |= {"refused_max_ms": slowest, "with_retry_after": polite}
        results.add("storm", "postern", figures)

    found = bench.report.medians_of(results)["storm"]["postern"]

    assert found == {
        "p50_ms": 900,
        "failures": 7,
        "refused_max_ms": 1200,
        "with_retry_after": 0.9,
    }
