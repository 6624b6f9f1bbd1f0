"""Any value in any place of the API gets an answer, and never a 5xx.

The places come from the OpenAPI document, so a new field is tried automatically. More examples:
FUZZ_EXAMPLES=1000 make test-backend ARGS=tests/web/test_any_input.py
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.main import app
from tests.support import corpus
from tests.support.corpus import Input
from tests.support.places import BEARER, BUNDLE, UNKNOWN_FIELD, Place, places
from tests.support.raw_http import Raw
from tests.support.visitor import Visitor, complaint

pytestmark = pytest.mark.usefixtures("no_lines_of_the_log")

PLACES = places(app.openapi())
ASKED_FOR = os.environ.get("FUZZ_EXAMPLES")
EXAMPLES = int(ASKED_FOR or 12)
"""For each place. The same examples every time, unless FUZZ_EXAMPLES is set."""

TEXT = (
    st.text(st.characters(exclude_categories=()), max_size=80)
    | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Co", "Zl", "Zp"]), max_size=20)
    | st.text(st.sampled_from("aB1@.,:;'\"\\/%<>{}[]()=&?#*-_+ \t\u202e\u0000"), max_size=60)
    | st.sampled_from([1, 300, 1024, 1025, 8192, 8193, 30_000]).map(lambda length: "é" * length)
)
HUGE = st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, -(10**4000)])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | HUGE | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
DEEP = st.integers(1, 3000).map(lambda depth: "[" * depth + "]" * depth)
BODIES = st.binary(max_size=300) | ANY.map(json.dumps) | DEEP | TEXT


@pytest.fixture
def port(client: httpx.Client) -> int:
    assert client.base_url.port is not None
    return client.base_url.port


@pytest.fixture
def visitor(port: int) -> Iterator[Visitor]:
    visitor = Visitor(port)
    yield visitor
    visitor.close()


def values_for(place: Place) -> st.SearchStrategy[Any]:
    return {"field": ANY, "body": BODIES}.get(place.kind, TEXT | HUGE.map(str))


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_any_value_gets_an_answer_in_a_known_form(visitor: Visitor, place: Place) -> None:
    @given(values_for(place))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not ASKED_FOR,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def try_all(value: Any) -> None:
        assert complaint(place, value, visitor.write(place, value)) is None

    try_all()


def test_every_input_of_the_corpus_gets_an_answer_in_a_known_form(port: int) -> None:
    """Each in one of eight places: `make corpus DIR=backend/tests/corpus` tries all."""
    inputs = list(corpus.read(Path(__file__).parent.parent / "corpus"))
    tally = corpus.run(port, inputs, threads=2, share=8)
    assert tally.complaints == []
    assert tally.inputs == len(inputs)
    assert tally.requests > 2 * len(inputs)


class TestPlaces:
    """The list of places, which the tests above use, is as complete as the API."""

    def test_every_operation_and_field_is_listed(self) -> None:
        written = {str(place) for place in PLACES}
        assert {
            "POST /auth/signup field email",
            "POST /auth/signup field password",
            "POST /auth/signup field name",
            "POST /auth/refresh field refresh_token",
            "DELETE /auth/sessions/{id} path id",
            f"GET /auth/profile header {BEARER}",
            f"GET /livez header {BUNDLE}",
        } <= written
        operations = {str(place.operation) for place in PLACES}
        document = app.openapi()["paths"]
        assert len(operations) == sum(len(methods) for methods in document.values())

    def test_secret_fields_are_marked_as_secret(self) -> None:
        secrets = {place.name for place in PLACES if place.kind == "field" and place.secret}
        assert {"password", "current_password", "new_password", "refresh_token"} <= secrets

    def test_the_usual_values_are_accepted(self, visitor: Visitor) -> None:
        """Otherwise every request would be refused for another reason than the tried value."""
        bundles = [place for place in PLACES if place.name == BUNDLE]
        statuses = {str(place.operation): visitor.write(place, "*/*").status for place in bundles}
        unknown = {
            *("DELETE /auth/sessions/{id}", "DELETE /auth/devices/{id}", "GET /problems/{code}"),
            "POST /auth/factors/reset/stop",
        }
        by_mail = {
            *("POST /auth/email/verify", "POST /auth/email/change/confirm"),
            *("POST /auth/email/change/undo", "POST /auth/password/reset"),
            *("POST /auth/magic-link", "POST /auth/magic-link/signin"),
        }
        by_code = {
            *("POST /auth/signin/totp", "POST /auth/signin/recovery-code"),
            *("POST /auth/totp/confirm", "POST /auth/reauthenticate", "DELETE /auth/totp"),
        }
        by_passkey = {
            *("POST /auth/passkeys", "POST /auth/passkeys/signin", "POST /auth/passkeys/signup"),
            *("POST /auth/passkeys/signup/options", "POST /auth/passkeys/reauthenticate/options"),
            *("POST /auth/signin/passkey", "PATCH /auth/passkeys/{id}"),
            *("DELETE /auth/passkeys/{id}", "DELETE /auth/password"),
        }
        with_an_attempt = {"POST /auth/totp", "POST /auth/passkeys/options"}
        refused = {name for name, status in statuses.items() if status >= 400}
        assert refused == unknown | by_mail | by_code | by_passkey | with_an_attempt

    def test_nested_fields_and_parameters_are_listed(self) -> None:
        inner = {"type": "object", "properties": {"city": {"type": "string", "examples": ["Ulm"]}}}
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outer"}}}}
        outer = {"properties": {"home": {"anyOf": [{"$ref": "#/components/schemas/Inner"}]}}}
        described = {"requestBody": body, "parameters": [{"in": "query", "name": "page"}]}
        document = {
            "paths": {"/people": {"post": described}},
            "components": {"schemas": {"Outer": outer, "Inner": inner}},
        }
        found = {place.name: place for place in places(document)}
        assert {"home", "home.city", "page", UNKNOWN_FIELD} <= found.keys()
        assert b'{"home": {"city": 7}}' in found["home.city"].request(7, {}, None)


class TestCorpus:
    def test_a_file_gives_its_lines_and_its_whole_content(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('["one", 2, "\\ud800"]')
        (tmp_path / "b.txt").write_bytes(b"x\n\n\xff\n")
        (tmp_path / "c.bin").write_bytes(b"\0\n\0")
        (tmp_path / "d.json").write_text('{"not": "a list"}\n')
        inputs = {one.source: one.value for one in corpus.read(tmp_path)}
        assert inputs == {
            "a.json": b'["one", 2, "\\ud800"]',
            "a.json:1": "one",
            "a.json:2": "\ud800",
            "b.txt": b"x\n\n\xff\n",
            "b.txt:1": "x",
            "b.txt:2": "\udcff",
            "c.bin": b"\0\n\0",
            "d.json": b'{"not": "a list"}\n',
            "d.json:1": '{"not": "a list"}',
        }

    @pytest.mark.parametrize("size", [70_000, 300_000])
    def test_refusing_an_input_that_is_too_large_is_no_complaint(
        self, port: int, tmp_path: Path, size: int
    ) -> None:
        (tmp_path / "large.txt").write_text("a" * size)
        tally = corpus.run(port, corpus.read(tmp_path), threads=1)
        assert tally.complaints == []
        assert {413, 431} <= tally.statuses.keys()

    def test_the_report_names_the_input_but_not_its_value(self) -> None:
        [place] = [one for one in PLACES if str(one) == "POST /auth/signin field password"]
        problem = {"Content-Type": "application/problem+json"}
        failed = complaint(place, "hunter2", Raw(500, problem, b"hunter2"))
        tally = corpus.Tally(1, 1, complaints=[f"{failed}: a.json:3 in {place}"])
        tally.statuses[500] = 1
        report = tally.report(1.0)
        assert "1 answered with 5xx" in report
        assert "500: a.json:3 in POST /auth/signin field password" in report
        assert "hunter2" not in report

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            (b'{"code":"token_invalid"}', None),
            (b'{"code":"never_heard_of"}', "401 with an unknown code"),
            (b'{"code":"token_invalid","x":"a long secret text"}', "401 echoes a secret"),
        ],
    )
    def test_an_unknown_code_or_an_echoed_secret_is_a_complaint(
        self, body: bytes, wrong: str | None
    ) -> None:
        place = next(one for one in PLACES if one.name == BEARER)
        answer = Raw(401, {"content-type": "application/problem+json"}, body)
        assert complaint(place, "a long secret text", answer) == wrong
        assert complaint(place, "x", Raw(400, {"content-type": "text/plain"}, b"")) is not None

    def test_every_header_and_field_gets_every_text(self) -> None:
        for number in range(3):
            given = list(corpus.places_for(Input("a", "text"), number, PLACES))
            fields = {str(one) for one in PLACES if one.kind in {"field", "path"}}
            unknown = {name for name in fields if UNKNOWN_FIELD in name}
            assert fields - unknown <= {str(one) for one in given}
            assert {one.name for one in PLACES} == {one.name for one in given}
