"""The bad inputs of `make bench`, and what of the answers to them is held against the service."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from src.main import app
from tests.support.places import BUNDLE, Place, places
from tests.support.raw_http import Raw

PLACES = {str(place): place for place in places(app.openapi())}
RIGHT = {
    "email": "person00000001@example.com",
    "password": "wander-lantern-42",
    "current_password": "wander-lantern-42",
    "new_password": "24-nretnal-rednaw",
    "refresh_token": "r" * 76,
    "bearer": "aaa.bbb.ccc",
    "id": "17",
}
SIGNIN = {"email": RIGHT["email"], "password": RIGHT["password"]}


@pytest.fixture
def inputs(bench: Any) -> Any:
    return bench.scenarios.inputs


class TestMadeUp:
    def drawn(self, bench: Any, count: int, place: Place) -> list[Any]:
        return [bench.bad_inputs.made_up(number, place)(RIGHT) for number in range(count)]

    @pytest.mark.parametrize("place", PLACES.values(), ids=str)
    def test_they_are_the_same_every_time_and_seldom_one_like_the_other(
        self, bench: Any, place: Place
    ) -> None:
        first, second = (self.drawn(bench, 300, place) for _ in range(2))

        assert repr(first) == repr(second)
        assert len({repr(value) for value in first}) > 150
        assert all(place.request(value, RIGHT, "a.b.c") for value in first)

    def test_a_field_gets_what_is_no_text_too(self, bench: Any) -> None:
        values = self.drawn(bench, 500, PLACES["POST /auth/signin field email"])

        assert {str, int, float, bool, list, dict, type(None)} <= {type(value) for value in values}

    def test_most_secrets_are_almost_right(self, bench: Any) -> None:
        place = PLACES["POST /auth/refresh field refresh_token"]

        near = [value for value in self.drawn(bench, 500, place) if "r" * 40 in str(value)]

        assert len(near) > 100
        assert sum(bench.bad_inputs.may_be_accepted(place, value, RIGHT) for value in near) < 50


@pytest.mark.parametrize(
    ("place", "value", "acceptable"),
    [
        ("POST /auth/signin field password", RIGHT["password"], True),
        ("POST /auth/signin field password", "wander-lantern-42 ", False),
        ("POST /auth/signin field password", "wander-lantern-42\0", False),
        ("POST /auth/signin field password", None, False),
        ("POST /auth/signin field email", "Person00000001@EXAMPLE.com", True),
        ("POST /auth/signin field email", "person00000002@example.com", True),
        ("POST /auth/signin field email", "person0000001@example.com", False),
        ("POST /auth/signin field a_field_that_there_is_not", "x", False),
        ("POST /auth/signin body", json.dumps(SIGNIN), True),
        ("POST /auth/signin body", json.dumps(SIGNIN | {"password": "x"}), False),
        ("POST /auth/signin body", json.dumps(SIGNIN)[:-1], False),
        ("POST /auth/signin body", "[" * 100_000, False),
        ("POST /auth/signin body", b"\xff", False),
        ("POST /auth/signup field email", "ada@example.org", True),
        ("POST /auth/signup field email", "ada@example", False),
        ("POST /auth/signup field email", "a da@example.org", False),
        ("POST /auth/signup field password", "fifteen letters", True),
        ("POST /auth/signup field password", "fourteen chars", False),
        ("POST /auth/signup field password", "a" * 1025, False),
        ("POST /auth/signup field name", None, True),
        ("POST /auth/signup field name", "a" * 201, False),
        ("POST /auth/refresh field refresh_token", RIGHT["refresh_token"], True),
        ("POST /auth/refresh field refresh_token", "r" * 75 + "s", False),
        ("POST /auth/password/change field current_password", "x", False),
        ("POST /auth/profile/delete field password", "x", False),
        ("GET /auth/profile header Authorization: Bearer", "aaa.bbb.ccc\x01 ", True),
        ("GET /auth/profile header Authorization: Bearer", "aaa.bbb.ccc=", False),
        ("GET /auth/profile header Authorization", "bearer aaa.bbb.ccc", True),
        ("GET /auth/profile header Authorization", "aaa.bbb.ccc", False),
        ("PATCH /auth/profile header Content-Type", "application/json", True),
        ("PATCH /auth/profile header Content-Type", "text/plain", False),
        ("DELETE /auth/sessions/{id} path id", "17", True),
        ("DELETE /auth/sessions/{id} path id", "\xa01_7\t", True),
        ("DELETE /auth/sessions/{id} path id", "18", False),
        ("DELETE /auth/sessions/{id} path id", "17a", False),
        ("DELETE /auth/sessions/{id} path id", "9" * 20_000, False),
        (f"GET /livez header {BUNDLE}", "anything", True),
    ],
)
def test_what_may_be_accepted(bench: Any, place: str, value: Any, acceptable: bool) -> None:
    assert bench.bad_inputs.may_be_accepted(PLACES[place], value, RIGHT) is acceptable


class TestTally:
    @pytest.mark.parametrize(
        ("answer", "acceptable", "counted"),
        [
            (Raw(401, {}, b""), False, (0, 0, 0)),
            (Raw(200, {}, b""), True, (0, 0, 0)),
            (Raw(204, {}, b""), False, (0, 0, 1)),
            (Raw(500, {}, b""), True, (1, 0, 0)),
            (Raw(503, {}, b""), True, (1, 0, 0)),
            (Raw(503, {}, b'{"code":"overloaded"}'), True, (0, 1, 0)),
            (None, True, (1, 0, 0)),
        ],
    )
    def test_what_counts_against_the_service(
        self, inputs: Any, answer: Raw | None, acceptable: bool, counted: tuple[int, int, int]
    ) -> None:
        tally = inputs.Tally()
        tally.add("input 3 in a place", answer, acceptable=acceptable)

        figures = inputs.figures([tally, inputs.Tally()], 1.0)

        names = ("server_errors", "overloaded", "accepted")
        assert tuple(figures[name] for name in names) == counted
        assert figures["inputs"] == 1

    def test_what_is_wrong_is_told_by_its_number(
        self, inputs: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        tally = inputs.Tally()
        tally.add("input 3 in a place", Raw(200, {}, b""), acceptable=False)

        inputs.figures([tally], 1.0)

        assert "accepted, 200: input 3 in a place" in capsys.readouterr().err


class TestJobs:
    def test_every_place_comes_by_turns(self, inputs: Any) -> None:
        everywhere = list(PLACES.values())
        bundles = [place for place in everywhere if place.name == BUNDLE]
        turn = len(everywhere) - len(bundles) + 1

        taken = list(itertools.islice(inputs.by_turns(everywhere), turn * len(bundles)))

        assert set(map(str, taken)) == set(PLACES)
        assert taken[:turn] == [*(one for one in everywhere if one.name != BUNDLE), bundles[0]]

    def test_the_corpus_comes_on_top_of_those_that_are_made_up(
        self, bench: Any, inputs: Any
    ) -> None:
        everywhere, full = list(PLACES.values()), bench.plan.FULL

        corpus = sum(1 for _ in inputs.jobs(everywhere, replace(full, inputs=0)))

        assert corpus > 1000
        assert sum(1 for _ in inputs.jobs(everywhere, full)) == corpus + full.inputs
        assert full.inputs >= 100_000
